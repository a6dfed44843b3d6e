namespace RabbitDemo.Consumer.Ledger;

/// <summary>An event that a producer answered 202 for.</summary>
/// <param name="MessageId">As the 202 named it.</param>
/// <param name="Queue">Where it was routed; null for whichever queue of this service knows it.</param>
/// <param name="AcceptedAt">When it was accepted; null for the time in the id, if it is a UUID v7.</param>
internal sealed record AcceptedEvent(string MessageId, string? Queue = null, DateTimeOffset? AcceptedAt = null);

/// <param name="MessageId">Of the accepted event.</param>
/// <param name="Queue">Where it was found, or was meant to be; null when neither is known.</param>
/// <param name="Place"><c>stored</c>, <c>dead</c>, <c>discarded</c>, <c>waiting</c> or <c>missing</c>.</param>
/// <param name="Since">When it came there; for one that was lost with its queue, when the deletion was noticed.</param>
/// <param name="LostWithQueue">Discarded because someone deleted the queue.</param>
internal sealed record AuditedEvent(string MessageId, string? Queue, string Place, DateTimeOffset? Since = null, bool LostWithQueue = false);

/// <summary>Each accepted event and its one place.</summary>
internal sealed record AuditReport
{
    /// <summary>True when nothing is missing and nothing is stored twice.</summary>
    public bool Balances => Missing == 0 && StoredTwice.Count == 0;

    /// <summary>Different (messageId, queue) that were given.</summary>
    public required int Accepted { get; init; }

    public required int Stored { get; init; }

    public required int Dead { get; init; }

    public required int Discarded { get; init; }

    public required int Waiting { get; init; }

    public required int Missing { get; init; }

    /// <summary>(queue, id) with more than one stored event. The database's own constraint forbids it.</summary>
    public required IReadOnlyList<AuditedEvent> StoredTwice { get; init; }

    /// <summary>Ids that were given more than once: the same event was accepted again.</summary>
    public required IReadOnlyList<string> GivenTwice { get; init; }

    /// <summary>Stored since the first of those given, and not among them: an unknown outcome at the producer, or a foreign client.</summary>
    public required int Unclaimed { get; init; }

    /// <summary>The first 1000 of them.</summary>
    public required IReadOnlyList<AuditedEvent> UnclaimedEvents { get; init; }

    public required IReadOnlyList<AuditedEvent> Events { get; init; }
}
