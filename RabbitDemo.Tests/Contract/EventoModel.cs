using System.Text;
using System.Text.Json;

namespace RabbitDemo.Tests.Contract;

/// <summary>What an event is, said once more with a JSON document instead of a reader: slow and obvious.</summary>
internal static class EventoModel
{
    public static bool Takes(byte[] utf8)
    {
        try
        {
            new UTF8Encoding(false, throwOnInvalidBytes: true).GetCharCount(utf8);
            using var document = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = 64 });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return false;

            var members = document.RootElement.EnumerateObject().ToArray();
            return members.Select(m => m.Name).Order().SequenceEqual(["id", "payload", "tipo"])
                && members.All(m => m.Name switch
                {
                    "id" => m.Value.ValueKind == JsonValueKind.Number && m.Value.TryGetInt64(out _),
                    "tipo" => m.Value.ValueKind == JsonValueKind.String && IsTipo(m.Value.GetString() ?? ""),
                    _ => m.Value.ValueKind == JsonValueKind.Object
                });
        }
        catch (Exception e) when (e is JsonException or DecoderFallbackException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>The same tokens: numbers and strings by their text, members by their order.</summary>
    public static bool SameJson(JsonElement left, JsonElement right) => left.ValueKind == right.ValueKind && left.ValueKind switch
    {
        JsonValueKind.Object => left.EnumerateObject().Zip(right.EnumerateObject()).All(pair =>
            pair.First.Name == pair.Second.Name && SameJson(pair.First.Value, pair.Second.Value))
            && left.GetPropertyCount() == right.GetPropertyCount(),
        JsonValueKind.Array => left.GetArrayLength() == right.GetArrayLength()
            && left.EnumerateArray().Zip(right.EnumerateArray()).All(pair => SameJson(pair.First, pair.Second)),
        _ => left.GetRawText() == right.GetRawText()
    };

    private static bool IsTipo(string tipo) => Encoding.UTF8.GetByteCount(tipo) is > 0 and < 256 && !tipo.Any(char.IsControl);
}
