using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;

namespace RabbitDemo.Messaging;

/// <summary>Reads and writes the wire form of an <see cref="Evento"/>, as strictly at the producer as at the consumer.</summary>
public static class EventoJson
{
    /// <summary>Objects and lists within each other, the event itself counted.</summary>
    private const int MaxDepth = 64;

    private static readonly JsonReaderOptions Strict = new() { MaxDepth = MaxDepth };
    private static readonly SearchValues<byte> WhiteSpace = SearchValues.Create(" \t\r\n"u8);
    private static readonly JsonEncodedText IdName = JsonEncodedText.Encode("id");
    private static readonly JsonEncodedText TipoName = JsonEncodedText.Encode("tipo");
    private static readonly JsonEncodedText PayloadName = JsonEncodedText.Encode("payload");

    /// <summary>Reads one event from <paramref name="utf8"/>.</summary>
    /// <returns>The event, or null; then <paramref name="problems"/> names the members that are wrong, at most 16, and why.</returns>
    public static Evento? Read(ReadOnlySpan<byte> utf8, out IReadOnlyList<EventoProblem> problems)
    {
        if (!Utf8.IsValid(utf8))
        {
            problems = [new("", "The body is not valid UTF-8.")];
            return null;
        }

        var found = new EventoMembers();
        try
        {
            var reader = new Utf8JsonReader(utf8, Strict);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                problems = [new("", "The body must be a JSON object with the members id, tipo and payload.")];
                return null;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                ReadMember(ref reader, ref found);
            }

            if (reader.Read())
            {
                found.Problem("", "The body must be one JSON object and nothing after it.");
            }
        }
        catch (JsonException e)
        {
            var problem = IsTooDeep(utf8) ? $"The body is nested deeper than {MaxDepth} levels" : "The body is not JSON";
            problems = [new("", $"{problem}: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.")];
            return null;
        }

        found.RequireAll();
        problems = found.Problems ?? [];
        return problems.Count == 0 ? new Evento(found.Id!.Value, found.Tipo!, found.Payload!.Value) : null;
    }

    /// <summary>Writes <paramref name="evento"/> in its one canonical form: members in order, no insignificant white space.</summary>
    public static void Write(Evento evento, IBufferWriter<byte> output)
    {
        using var writer = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true });
        writer.WriteStartObject();
        writer.WriteNumber(IdName, evento.Id);
        writer.WriteString(TipoName, evento.Tipo);
        writer.WritePropertyName(PayloadName);
        WriteCompact(writer, JsonMarshal.GetRawUtf8Value(evento.Payload));
        writer.WriteEndObject();
    }

    /// <summary>Strings and numbers stay byte for byte as they were sent: only the white space between tokens goes.</summary>
    internal static void WriteCompact(Utf8JsonWriter writer, ReadOnlySpan<byte> json)
    {
        if (!json.ContainsAny(WhiteSpace))
        {
            writer.WriteRawValue(json, skipInputValidation: true);
            return;
        }

        var rented = ArrayPool<byte>.Shared.Rent(json.Length);
        var length = 0;
        var inString = false;
        for (var i = 0; i < json.Length; i++)
        {
            var b = json[i];
            if (inString && b == '\\')
            {
                rented[length++] = b;
                rented[length++] = json[++i];
                continue;
            }

            inString ^= b == '"';
            if (inString || b is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
            {
                rented[length++] = b;
            }
        }

        writer.WriteRawValue(rented.AsSpan(0, length), skipInputValidation: true);
        ArrayPool<byte>.Shared.Return(rented);
    }

    /// <summary>Of what could not be read: whether it is JSON up to where it goes too deep.</summary>
    private static bool IsTooDeep(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth + 1 });
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && reader.CurrentDepth == MaxDepth)
                {
                    return true;
                }
            }
        }
        catch (JsonException)
        {
            // It is something else.
        }

        return false;
    }

    private static void ReadMember(ref Utf8JsonReader reader, ref EventoMembers found)
    {
        // Comparing throws for an escaped lone surrogate, which is valid JSON but no text.
        if (reader.ValueIsEscaped && EventoMembers.Text(ref reader) is null)
        {
            found.Unknown(ref reader);
        }
        else if (reader.ValueTextEquals(IdName.EncodedUtf8Bytes))
        {
            reader.Read();
            found.SetId(ref reader);
        }
        else if (reader.ValueTextEquals(TipoName.EncodedUtf8Bytes))
        {
            reader.Read();
            found.SetTipo(ref reader);
        }
        else if (reader.ValueTextEquals(PayloadName.EncodedUtf8Bytes))
        {
            reader.Read();
            found.SetPayload(ref reader);
        }
        else
        {
            found.Unknown(ref reader);
        }
    }
}
