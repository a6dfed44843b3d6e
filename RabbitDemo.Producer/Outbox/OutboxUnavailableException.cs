namespace RabbitDemo.Producer.Outbox;

/// <summary>The outbox's file cannot be used now: what was to be written may not be on disk.</summary>
internal sealed class OutboxUnavailableException(string message, Exception cause) : Exception(message, cause);
