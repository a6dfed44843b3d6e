namespace RabbitDemo.Messaging;

/// <summary>One event as a queue delivered it. Nothing in it refers to the client library's pooled memory.</summary>
public sealed record Delivery
{
    /// <summary>The work queue. (<see cref="Queue"/>, <see cref="MessageId"/>) identifies the delivery.</summary>
    public required string Queue { get; init; }

    public required string MessageId { get; init; }

    public required Evento Evento { get; init; }

    /// <summary>Of the event in its canonical form: tells whether two messages with one id carry the same event.</summary>
    public required UInt128 Fingerprint { get; init; }

    /// <summary>The exchange that it was first published to; retries and redrives do not change it. Empty for the default exchange.</summary>
    public required string Exchange { get; init; }

    /// <summary>The key that it was first published with.</summary>
    public required string RoutingKey { get; init; }

    /// <summary>The broker has delivered this message before, so that an earlier attempt may have been cut short.</summary>
    public required bool Redelivered { get; init; }

    /// <summary>It was redelivered, and an earlier attempt may have ended its process: this one is recorded when it begins.</summary>
    public required bool IsCrashSuspect { get; init; }

    /// <summary>How often an operator had redriven it from the dead letters when it was published; 0 for a message never redriven.</summary>
    public required int Redrive { get; init; }

    /// <summary>When the producer published it, to the second; null from a foreign client that does not say.</summary>
    public required DateTimeOffset? PublishedAt { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>32 hexadecimal digits; null when neither the message nor a listener began a trace.</summary>
    public required string? TraceId { get; init; }

    /// <summary>The W3C traceparent that the message carried; null if none.</summary>
    public required string? TraceParent { get; init; }

    /// <summary>The consumer instance that holds it: service name and instance id.</summary>
    public required string Consumer { get; init; }
}
