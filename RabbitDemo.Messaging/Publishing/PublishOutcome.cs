namespace RabbitDemo.Messaging;

/// <summary>How a publish ended.</summary>
public enum PublishStatus
{
    /// <summary>The broker has confirmed the message: each queue that it routes to has it on disk.</summary>
    Confirmed,

    /// <summary>No queue is bound for this exchange, key and headers. Nothing was stored.</summary>
    Returned,

    /// <summary>Not stored: the broker refused it, or could not be reached before anything was sent.</summary>
    Refused,

    /// <summary>
    /// Sent, but no verdict came before the deadline, or one of the queues of an exchange refused it: it may or may not be stored. Send
    /// again under the same id.
    /// </summary>
    Unknown
}

/// <param name="Status">The broker's verdict, or the lack of one.</param>
/// <param name="Reason">One line for people; null when confirmed.</param>
public readonly record struct PublishOutcome(PublishStatus Status, string? Reason = null);
