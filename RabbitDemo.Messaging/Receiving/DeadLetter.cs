namespace RabbitDemo.Messaging;

/// <summary>A message that will not be handled again unless an operator redrives it.</summary>
public sealed record DeadLetter
{
    /// <summary>The work queue that it died on.</summary>
    public required string Queue { get; init; }

    /// <summary>The message's own id; one made up when it had none.</summary>
    public required string MessageId { get; init; }

    /// <summary>A <see cref="DeathReasons"/> value.</summary>
    public required string Reason { get; init; }

    /// <summary>One line for people, at most 2 KB of UTF-8; null when the reason says it all.</summary>
    public required string? Error { get; init; }

    /// <summary>By the sender's clock, in whole seconds; null when it did not say. A redrive says it again.</summary>
    public DateTimeOffset? PublishedAt { get; init; }

    public required DateTimeOffset DiedAt { get; init; }

    /// <summary>Attempts since it was first received or last redriven, as far as the sender knew.</summary>
    public required int Attempts { get; init; }

    public required int Redrive { get; init; }

    /// <summary>The exchange that it was first published to.</summary>
    public required string Exchange { get; init; }

    public required string RoutingKey { get; init; }

    /// <summary>The body as it came, which need not be JSON.</summary>
    public required byte[] Body { get; init; }

    public required string? ContentType { get; init; }

    public required string? TraceParent { get; init; }

    /// <summary>The sender's own headers with a simple value, for a redrive; ours and the broker's left out.</summary>
    public required IReadOnlyDictionary<string, object?> Headers { get; init; }
}
