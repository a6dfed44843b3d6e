using System.Text;
using System.Text.Json;
using RabbitDemo.Producer.Sending;

namespace RabbitDemo.Producer.Routing;

/// <summary>A message that might be sent: where would it go? What is left out is as on <c>POST /send</c>.</summary>
/// <param name="Exchange">Empty or missing for the default exchange.</param>
/// <param name="RoutingKey">Missing with the default exchange: <c>mensajes</c>.</param>
/// <param name="Headers">AMQP headers: texts, 64-bit integers, booleans, or null for a header without a value.</param>
internal sealed record RouteQuestion(string? Exchange, string? RoutingKey, IReadOnlyDictionary<string, object?>? Headers)
{
    private const int MaxBytes = 255;
    private const string DefaultQueue = "mensajes";

    /// <summary>Reads the question strictly; where something is wrong with it, <paramref name="errors"/> says what.</summary>
    public static Route Read(JsonElement body, RequestErrors errors)
    {
        var (exchange, routingKey) = ("", (string?)null);
        Dictionary<string, object?>? headers = null;
        if (body.ValueKind != JsonValueKind.Object)
        {
            errors.Add("$", "The body must be an object with exchange, routingKey and headers.");
            return new("", "");
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in body.EnumerateObject())
        {
            var name = Name(member);
            if (name is not null && !seen.Add(name))
                errors.Add(Shown(name), $"{Shown(name)} is there more than once.");

            if (name == "exchange")
                exchange = ReadText(name, member.Value, errors) ?? "";
            else if (name == "routingKey")
                routingKey = ReadText(name, member.Value, errors);
            else if (name == "headers")
                headers = ReadHeaders(member.Value, errors);
            else
                errors.Add(Shown(name), "The body takes exchange, routingKey and headers only.");
        }

        return new(exchange, routingKey ?? (exchange.Length == 0 ? DefaultQueue : ""), headers);
    }

    private static string? ReadText(string member, JsonElement value, RequestErrors errors)
    {
        if (value.ValueKind == JsonValueKind.Null)
            return null;

        if (value.ValueKind == JsonValueKind.String && Text(value) is { } text && Encoding.UTF8.GetByteCount(text) <= MaxBytes)
            return text;

        errors.Add(member, $"{member} must be a text of at most {MaxBytes} bytes of UTF-8.");
        return null;
    }

    private static Dictionary<string, object?>? ReadHeaders(JsonElement table, RequestErrors errors)
    {
        if (table.ValueKind == JsonValueKind.Null)
            return null;

        if (table.ValueKind != JsonValueKind.Object)
        {
            errors.Add("headers", "headers must be an object.");
            return null;
        }

        var headers = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var header in table.EnumerateObject())
        {
            var name = Name(header);
            if (name is null)
                errors.Add($"headers.{Shown(name)}", "The header's name is not valid Unicode.");
            else if (Refusal(name, header.Value) is { } refusal)
                errors.Add($"headers.{Shown(name)}", refusal);
            else if (!headers.TryAdd(name, Value(header.Value)))
                errors.Add($"headers.{Shown(name)}", $"{Shown(name)} is there more than once.");
        }

        return headers;
    }

    private static string? Refusal(string name, JsonElement value) => value.ValueKind switch
    {
        _ when name.Length == 0 => "The header has no name.",
        _ when name is "CC" or "BCC" => "CC and BCC add routing keys of their own; ask for one key at a time.",
        _ when Encoding.UTF8.GetByteCount(name) > MaxBytes => $"A header's name is at most {MaxBytes} bytes of UTF-8.",
        JsonValueKind.String when Text(value) is null => "The text is not valid Unicode.",
        JsonValueKind.Number when !value.TryGetInt64(out _) => "A number must be a 64-bit integer: the broker's versions compare fractions in different ways.",
        JsonValueKind.Object or JsonValueKind.Array => "A header must be a text, an integer, true, false or null.",
        _ => null
    };

    private static object? Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetInt64(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null
    };

    /// <summary>Null for an escaped half of a surrogate pair, which is valid JSON but no text, and for bytes that are not UTF-8.</summary>
    private static string? Text(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Null as <see cref="Text"/> is.</summary>
    private static string? Name(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Enough of a name to find the member by.</summary>
    private static string Shown(string? name) => name is null ? "?" : name.Length > 64 ? name[..64] : name;
}
