namespace RabbitDemo.Messaging;

/// <summary>The broker cannot prove anything now: away, blocked, too slow, or not permitting it. The message is one line for people.</summary>
public sealed class ProofUnavailableException(string message) : Exception(message);
