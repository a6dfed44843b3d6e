using Microsoft.Extensions.Logging;

namespace RabbitDemo.Messaging;

/// <summary>Tells everywhere what became of a queue's deliveries: to the books, the meters, the movements and the log.</summary>
internal sealed partial class DeliveryReport(string queue, LedgerCounters counters, MovementLog? movements, ILogger logger)
{
    private readonly KeyValuePair<string, object?> destination = new("messaging.destination.name", queue);

    public void Handled() => counters.Handled();

    public void Stored(ReceivedMessage message)
    {
        movements?.Happened(MovementKind.Stored, queue, message);
        LogStored(message.MessageId, queue);
    }

    public void Duplicate(ReceivedMessage message)
    {
        counters.Duplicate();
        MessagingTelemetry.Duplicates.Add(1, destination);
        movements?.Happened(MovementKind.Duplicate, queue, message);
        LogDuplicate(message.MessageId, queue);
    }

    /// <param name="message">Whose attempt it was.</param>
    /// <param name="attempt">How many have failed with it.</param>
    /// <param name="error">As users see it.</param>
    /// <param name="thrown">With its stack and what caused it, which only the log gets.</param>
    public void Failed(ReceivedMessage message, int attempt, string error, Exception? thrown) =>
        LogFailed(thrown, message.MessageId, queue, attempt, error);

    /// <summary>A handler that was left behind, at its time limit or with its session, has ended with an exception.</summary>
    public void FailedLate(Delivery delivery, Exception thrown) => LogFailedLate(thrown, delivery.MessageId, queue, ErrorLine.Of(thrown));

    /// <summary>One more retry, counted before its copy is published.</summary>
    public void Retries()
    {
        counters.Retried();
        MessagingTelemetry.Retries.Add(1, destination);
    }

    /// <summary>The broker has the copy that comes back after <paramref name="delay"/>.</summary>
    public void Retried(ReceivedMessage message, int attempt, TimeSpan delay, string reason) =>
        movements?.Happened(MovementKind.Retried, queue, message, attempt, delay, reason);

    public void Dead(ReceivedMessage message, string reason, int attempts)
    {
        counters.DeadLettered();
        MessagingTelemetry.DeadLetters.Add(1, destination, new("reason", reason));
        movements?.Happened(MovementKind.Dead, queue, message, attempts, reason: reason);
        LogDead(message.MessageId, queue, reason);
    }

    [LoggerMessage(LogLevel.Information, "Stored {MessageId} from {Queue}")]
    private partial void LogStored(string messageId, string queue);

    [LoggerMessage(LogLevel.Information, "{MessageId} from {Queue} was settled before: acknowledged as a duplicate")]
    private partial void LogDuplicate(string messageId, string queue);

    [LoggerMessage(LogLevel.Warning, "Attempt {Attempt} of {MessageId} from {Queue} failed: {Error}")]
    private partial void LogFailed(Exception? thrown, string messageId, string queue, int attempt, string error);

    [LoggerMessage(LogLevel.Warning, "A handler of {MessageId} from {Queue} that was left behind has failed: {Error}")]
    private partial void LogFailedLate(Exception thrown, string messageId, string queue, string error);

    [LoggerMessage(LogLevel.Warning, "{MessageId} from {Queue} is dead: {Reason}")]
    private partial void LogDead(string messageId, string queue, string reason);
}
