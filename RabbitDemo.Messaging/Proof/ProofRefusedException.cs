namespace RabbitDemo.Messaging;

/// <summary>The proof is larger than the broker is asked to carry, or cannot be made. The message is one line for the caller that names what and how many.</summary>
public sealed class ProofRefusedException(string message) : Exception(message);
