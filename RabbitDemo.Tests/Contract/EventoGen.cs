using System.Text;
using System.Text.Json;
using CsCheck;

namespace RabbitDemo.Tests.Contract;

/// <summary>JSON texts that are events, or would be but for a little.</summary>
internal static class EventoGen
{
    private static readonly Gen<string> Space = Gen.OneOf("", "", "", " ", "\n", "\t\r ");

    /// <summary>Quoted: plain, escaped by the serializer, and with the escapes that no serializer writes.</summary>
    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.Char['a', 'e'].Array[1, 4].Select(chars => $"\"{new string(chars)}\""),
        Gen.OneOf("ñandú", "日本", "😀", "a\"b\\c/", "<b>&amp;", "x\u2028y", "{[,]}:").Select(s => JsonSerializer.Serialize(s)),
        Gen.OneOf("\"\\u0041\\u00e1\"", "\"\\/\\\\\\\"\"", "\"ñ😀 ,]}\""));

    private static readonly Gen<string> Number = Gen.OneOf(
        Gen.Long.Select(n => $"{n}"),
        Gen.OneOf("0", "-0", "1.0", "1e0", "1E+2", "-1.50e-3", "9223372036854775807", "9223372036854775808", "1e400"));

    private static readonly Gen<string> Leaf = Gen.OneOf(Text, Number, Gen.OneOf("null", "true", "false", "{}", "[]"));

    private static readonly Gen<string> Any = Value(3);

    private static readonly Gen<string> Object = Members(2).Select(members => $"{{{members}}}");

    public static Gen<string> Events { get; } = Gen.Select(
        Gen.Long.Select(n => $"\"id\":{n}"),
        Text.Select(t => $"\"tipo\":{t}"),
        Object.Select(o => $"\"payload\":{o}"),
        Space,
        (id, tipo, payload, space) => new[] { id, tipo, payload }.Select(m => space + m + space).ToArray())
        .SelectMany(members => Gen.Shuffle(members))
        .Select(members => $"{{{string.Join(',', members)}}}");

    /// <summary>Events, objects of near misses, and either with bytes broken.</summary>
    public static Gen<byte[]> NearlyEvents { get; } = Gen.Frequency(
        (2, Events.Select(Encoding.UTF8.GetBytes)),
        (5, NearObjects().Select(Encoding.UTF8.GetBytes)),
        (3, Gen.Select(Gen.OneOf(Events, NearObjects()).Select(Encoding.UTF8.GetBytes), Gen.Int[0, 10_000], Gen.Byte, Break)));

    private static Gen<string> NearObjects() => Gen.Select(
        Gen.OneOf("\"id\"", "\"id\"", "\"id\"", "\"tipo\"", "\"payload\"", "\"\\u0069d\"", "\"Id\"", "\"otro\"", "\"\\ud800\"").Array[0, 3],
        Gen.OneOf(Number, Number, Any).Array[3],
        Gen.OneOf(Text, Text, Any, Gen.OneOf("\"\"", "\"\\u0000\"", "\"\\ud83d\"", $"\"{new string('a', 256)}\"")),
        Gen.OneOf(Object, Object, Any),
        (names, values, tipo, payload) => names.Zip(values, (n, v) => $"{n}:{v}").Append($"\"tipo\":{tipo}").Append($"\"payload\":{payload}").ToArray())
        .SelectMany(members => Gen.Shuffle(members))
        .Select(members => $"{{{string.Join(',', members)}}}");

    private static Gen<string> Value(int depth) => depth == 0
        ? Leaf
        : Gen.Frequency(
            (3, Leaf),
            (1, Members(depth - 1).Select(members => $"{{{members}}}")),
            (1, Gen.Select(Value(depth - 1).Array[0, 3], Space, (items, space) => $"[{string.Join("," + space, items)}{space}]")));

    private static Gen<string> Members(int depth) => Gen.Select(
        Gen.Select(Text, Value(depth), Space, (name, value, space) => $"{space}{name}{space}:{space}{value}{space}").Array[0, 3],
        members => string.Join(',', members));

    private static byte[] Break(byte[] json, int at, byte with)
    {
        var broken = json.ToArray();
        broken[at % broken.Length] = with;
        return broken;
    }
}
