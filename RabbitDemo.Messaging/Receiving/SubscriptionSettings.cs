namespace RabbitDemo.Messaging;

/// <param name="Prefetch">Most deliveries held unacknowledged.</param>
/// <param name="Concurrency">Handlers at a time.</param>
/// <param name="IsSingleActive">The broker serves one consumer of the queue at a time.</param>
/// <param name="IsQuorum">The queue is a quorum queue.</param>
internal sealed record SubscriptionSettings(int Prefetch, int Concurrency, bool IsSingleActive, bool IsQuorum);
