namespace RabbitDemo.Lab.Overview;

internal sealed record HealthAnswer(string Status, IReadOnlyDictionary<string, CheckAnswer> Checks);

internal sealed record CheckAnswer(string Status, string? Reason);

internal sealed record LedgerAnswer(string Service, IReadOnlyList<BooksAnswer> Queues, ProcessAnswer Process);

internal sealed record BooksAnswer(string Queue, long Stored, long Dead, long Discarded, long Attempted, long Conflicts, BrokerAnswer? Broker);

internal sealed record BrokerAnswer(long Ready, long InFlight, long InRetry, long InDead);

internal sealed record ProcessAnswer(string Instance, DateTimeOffset Since, DeliveriesAnswer Deliveries);

internal sealed record DeliveriesAnswer(long Delivered, long Redelivered, long Handled, long Retried, long DeadLettered, long Duplicates);
