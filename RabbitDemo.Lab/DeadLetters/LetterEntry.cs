using System.Text.Json;

namespace RabbitDemo.Lab.DeadLetters;

/// <summary>One line of a consumer's answer to <c>GET /dead-letters</c>.</summary>
public sealed record LetterEntry
{
    public long Id { get; init; }

    public string Queue { get; init; } = "";

    public string MessageId { get; init; } = "";

    public string State { get; init; } = "";

    public DateTimeOffset? SettledAt { get; init; }

    public string Reason { get; init; } = "";

    public string? Error { get; init; }

    public DateTimeOffset DiedAt { get; init; }

    public int TotalAttempts { get; init; }

    public int Redrives { get; init; }

    public string Exchange { get; init; } = "";

    public string RoutingKey { get; init; } = "";

    public JsonElement Headers { get; init; }

    public long BodyBytes { get; init; }

    public string? BodyIs { get; init; }

    public JsonElement? Body { get; init; }

    public string BodyText => Body switch
    {
        null => "",
        { ValueKind: JsonValueKind.String } text when BodyIs != "json" => text.GetString() ?? "",
        { } json => json.GetRawText()
    };
}

internal sealed record RedriveAnswer(int Redriven, bool Remaining, IReadOnlyList<RedrivenLetter> Letters);

internal sealed record RedrivenLetter(long Id, string Outcome, string? Reason);

internal sealed record DiscardAnswer(int Deleted);
