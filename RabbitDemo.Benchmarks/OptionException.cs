namespace RabbitDemo.Benchmarks;

/// <summary>An option that cannot be used; the message is the line that the user gets.</summary>
internal sealed class OptionException(string message) : Exception(message);
