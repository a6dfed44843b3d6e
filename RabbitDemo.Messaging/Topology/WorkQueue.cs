namespace RabbitDemo.Messaging;

/// <summary>A durable queue that a service reads, with its retry queues and its dead-letter queue.</summary>
/// <param name="Name">1 to 200 bytes of UTF-8, so that the names made from it stay under AMQP's 255.</param>
/// <param name="ReadBy">The service that reads it (<c>consumer</c>, <c>usuarios</c>, <c>pedidos</c>, <c>auditoria</c>, or your own).</param>
public sealed record WorkQueue(string Name, string ReadBy)
{
    /// <summary>Where messages of this queue go that will not be handled again.</summary>
    public string DeadLetterQueue => $"{Name}.dead";

    /// <summary>Where a failed message waits for its next attempt; the delay is in the name, so that another delay is another queue.</summary>
    public string RetryQueue(TimeSpan delay) => $"{Name}.retry.{(long)delay.TotalMilliseconds}";
}
