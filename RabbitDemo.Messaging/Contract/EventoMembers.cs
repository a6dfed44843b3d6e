using System.Text;
using System.Text.Json;

namespace RabbitDemo.Messaging;

/// <summary>The members of an event as they are read, and what is wrong with them.</summary>
internal struct EventoMembers
{
    private bool sawId, sawTipo, sawPayload;

    public long? Id { get; private set; }
    public string? Tipo { get; private set; }
    public JsonElement? Payload { get; private set; }
    public List<EventoProblem>? Problems { get; private set; }

    public void Problem(string member, string message)
    {
        Problems ??= [];
        if (Problems.Count < EventoProblem.Most)
            Problems.Add(new(member, message));
    }

    public void SetId(ref Utf8JsonReader reader)
    {
        Once(ref sawId, "id");
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var id))
        {
            Id = id;
            return;
        }

        Problem("id", "id must be a 64-bit integer.");
        reader.Skip();
    }

    public void SetTipo(ref Utf8JsonReader reader)
    {
        Once(ref sawTipo, "tipo");
        if (reader.TokenType == JsonTokenType.String && Text(ref reader) is { } tipo
            && Encoding.UTF8.GetByteCount(tipo) is >= 1 and <= 255 && !tipo.Any(char.IsControl))
        {
            Tipo = tipo;
            return;
        }

        Problem("tipo", "tipo must be a string of 1 to 255 bytes of UTF-8 without control characters.");
        reader.Skip();
    }

    public void SetPayload(ref Utf8JsonReader reader)
    {
        Once(ref sawPayload, "payload");
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            Payload = JsonElement.ParseValue(ref reader);
            return;
        }

        Problem("payload", "payload must be a JSON object.");
        reader.Skip();
    }

    public void Unknown(ref Utf8JsonReader reader)
    {
        var name = Text(ref reader) ?? "?";
        Problem(name.Length > 64 ? name[..64] : name, "An event has the members id, tipo and payload only.");
        reader.Skip();
    }

    public void RequireAll()
    {
        Require(sawId, "id");
        Require(sawTipo, "tipo");
        Require(sawPayload, "payload");
    }

    private void Require(bool seen, string member)
    {
        if (!seen)
        {
            Problem(member, $"{member} is missing.");
        }
    }

    private void Once(ref bool seen, string member)
    {
        if (seen)
        {
            Problem(member, $"{member} is there more than once.");
        }

        seen = true;
    }

    /// <summary>Null for an escaped lone surrogate, which is valid JSON but no text.</summary>
    public static string? Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
