using System.Text.Json;

namespace RabbitDemo.Lab.Journeys;

/// <summary>A consumer's answer to <c>GET /messages/{messageId}</c>.</summary>
public sealed record History(string MessageId, IReadOnlyList<Place> Queues)
{
    /// <summary>What a search tells of it: where it is, without its attempts and what it holds.</summary>
    public static History Of(string messageId, IEnumerable<Found> found) =>
        new(messageId, [.. found.Select(f => new Place { Queue = f.Queue, State = f.State, Since = f.Since, Id = f.Id, Tipo = f.Tipo, TraceId = f.TraceId })]);
}

/// <summary>Where the message of one (queue, id) is.</summary>
public sealed record Place
{
    public string Queue { get; init; } = "";

    public string State { get; init; } = "";

    public DateTimeOffset Since { get; init; }

    public long? Id { get; init; }

    public string? Tipo { get; init; }

    public string? TraceId { get; init; }

    public int Redrives { get; init; }

    public StoredEvent? Message { get; init; }

    public DateTimeOffset? PublishedAt { get; init; }

    public IReadOnlyList<Attempt> Attempts { get; init; } = [];

    public IReadOnlyList<Letter> DeadLetters { get; init; } = [];
}

public sealed record StoredEvent(long Id, string Tipo, JsonElement Payload, string Exchange, string RoutingKey, string? TraceId, bool Redelivered);

public sealed record Attempt(int Number, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, string Outcome, string? Error, string Consumer);

public sealed record Letter(long Id, string Reason, string? Error, DateTimeOffset DiedAt, int Attempts, string State, DateTimeOffset? SettledAt);

/// <summary>One line of an answer to <c>GET /messages/search</c>.</summary>
public sealed record Found(string MessageId, string Queue, string State, DateTimeOffset Since, long? Id, string? Tipo, string? TraceId, int Attempts);
