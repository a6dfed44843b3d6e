using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace RabbitDemo.Lab.Live;

/// <summary>An event as it is being written, and where it is to go.</summary>
internal sealed class EventDraft
{
    public string Exchange { get; set; } = "";

    public string RoutingKey { get; set; } = "mensajes";

    public List<DraftHeader> Headers { get; } = [];

    public string Id { get; set; } = "1";

    public string Tipo { get; set; } = "registro";

    public string Payload { get; set; } = """{"usuario": "admin"}""";

    public string Query => $"?exchange={Uri.EscapeDataString(Exchange)}&routingKey={Uri.EscapeDataString(RoutingKey)}";

    public IEnumerable<KeyValuePair<string, string>> HttpHeaders =>
        Headers.Where(h => h.Name.Length > 0).Select(h => KeyValuePair.Create($"X-Amqp-{h.Name}", h.Value));

    /// <summary>What keeps a header from going through HTTP; null when nothing does. All else the producer itself judges.</summary>
    public string? HeaderProblem => Headers.Where(h => h.Name.Length > 0).Select(Problem).FirstOrDefault(problem => problem is not null);

    /// <summary>As it is now, whatever is written on.</summary>
    public EventDraft Copy()
    {
        var copy = new EventDraft { Exchange = Exchange, RoutingKey = RoutingKey, Id = Id, Tipo = Tipo, Payload = Payload };
        copy.Headers.AddRange(Headers.Select(h => new DraftHeader { Name = h.Name, Value = h.Value }));
        return copy;
    }

    public void Take(Preset preset)
    {
        (Exchange, RoutingKey, Tipo, Payload) = (preset.Exchange, preset.RoutingKey, preset.Tipo, preset.Payload);
        Headers.Clear();
        if (preset.HeaderName is { } name)
            Headers.Add(new() { Name = name, Value = preset.HeaderValue ?? "" });
    }

    /// <summary>The event's JSON. What is wrong with its parts, the producer says; only a payload that is no JSON cannot be sent at all.</summary>
    /// <param name="number">Added to the id: events of a burst are told apart by it.</param>
    /// <param name="problem">Why there is none.</param>
    public string? ToJson(long number, out string? problem)
    {
        problem = HeaderProblem;
        if (problem is not null)
            return null;

        try
        {
            var evento = new JsonObject
            {
                ["id"] = long.TryParse(Id, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id) ? id + number : JsonValue.Create(Id),
                ["tipo"] = Tipo,
                ["payload"] = JsonNode.Parse(Payload)
            };
            return evento.ToJsonString(JsonSerializerOptions.Web);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter of "\ud800", half a character
        {
            problem = $"payload: {e.Message}";
            return null;
        }
    }

    private static string? Problem(DraftHeader header)
    {
        if (!header.Name.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal)))
            return $"{header.Name}: through HTTP, a header's name is made of letters, digits and - _ . only.";

        return header.Value.Any(c => c is < ' ' or > '~')
            ? $"{header.Name}: through HTTP, a header's value is printable ASCII."
            : null;
    }
}

public sealed class DraftHeader
{
    public string Name { get; set; } = "";

    public string Value { get; set; } = "";
}
