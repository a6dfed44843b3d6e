namespace RabbitDemo.Messaging;

/// <summary>Our own message headers. A client may not send them: <see cref="IsReserved"/>.</summary>
public static class MessageHeaders
{
    public const string Prefix = "rabbitdemo-";

    /// <summary>The publish's number on its channel: what a returned message is matched by. Not carried over to a republish.</summary>
    public const string Sequence = Prefix + "seq";

    /// <summary>The exchange that the message was first published to, when it has been republished since.</summary>
    public const string Exchange = Prefix + "exchange";

    /// <summary>The routing key that it was first published with.</summary>
    public const string RoutingKey = Prefix + "routing-key";

    /// <summary>How often it had been redriven from the dead letters.</summary>
    public const string Redrive = Prefix + "redrive";

    /// <summary>In a dead-letter queue: the work queue that it died on.</summary>
    public const string DeadQueue = Prefix + "dead-queue";

    /// <summary>In a dead-letter queue: a <see cref="DeathReasons"/> value.</summary>
    public const string DeadReason = Prefix + "dead-reason";

    /// <summary>In a dead-letter queue: one line, at most 2 KB.</summary>
    public const string DeadError = Prefix + "dead-error";

    /// <summary>In a dead-letter queue: when it died, in milliseconds since 1970.</summary>
    public const string DeadAt = Prefix + "dead-at";

    /// <summary>In a dead-letter queue: attempts since it was first received or last redriven.</summary>
    public const string Attempts = Prefix + "attempts";

    /// <summary>In a <see cref="DeletionNotice"/>: when the work queue was found missing, in milliseconds since 1970.</summary>
    public const string QueueDeletedAt = Prefix + "queue-deleted-at";

    /// <summary>In a <see cref="DeletionNotice"/>: when it was there again, in milliseconds since 1970.</summary>
    public const string QueueDeclaredAt = Prefix + "queue-declared-at";

    /// <summary>The client library's own sequence number.</summary>
    private const string ClientSequence = "x-dotnet-pub-seq-no";

    /// <summary>
    /// Headers with a meaning for the broker, for a client library or for us: refused from an HTTP client, and dropped when a
    /// message is republished.
    /// </summary>
    public static bool IsReserved(string name) =>
        name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("x-", StringComparison.OrdinalIgnoreCase)
        || name.Equals("CC", StringComparison.OrdinalIgnoreCase)
        || name.Equals("BCC", StringComparison.OrdinalIgnoreCase)
        || TraceHeaders.IsTraceHeader(name.ToLowerInvariant());

    /// <summary>Dropped on a republish: it routed, expired or counted the copy that was delivered, not the message.</summary>
    internal static bool IsDroppedOnRepublish(string name) =>
        name is "CC" or "BCC" or ClientSequence or Sequence
        || name.StartsWith("x-death", StringComparison.Ordinal)
        || name.StartsWith("x-first-death", StringComparison.Ordinal)
        || name.StartsWith("x-last-death", StringComparison.Ordinal)
        || name is "x-delivery-count" or "x-acquired-count" or "x-opt-deaths";
}
