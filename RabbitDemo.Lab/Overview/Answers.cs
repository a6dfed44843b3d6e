namespace RabbitDemo.Lab.Overview;

public sealed record HealthAnswer(string Status, IReadOnlyDictionary<string, CheckAnswer> Checks);

public sealed record CheckAnswer(string Status, string? Reason);

public sealed record LedgerAnswer(string Service, IReadOnlyList<BooksAnswer> Queues, ProcessAnswer Process);

public sealed record BooksAnswer(string Queue, long Stored, long Dead, long Discarded, long Attempted, long Conflicts, BrokerAnswer? Broker);

public sealed record BrokerAnswer(long Ready, long InFlight, long InRetry, long InDead);

public sealed record ProcessAnswer(string Instance, DateTimeOffset Since, DeliveriesAnswer Deliveries);

public sealed record DeliveriesAnswer(long Delivered, long Redelivered, long Handled, long Retried, long DeadLettered, long Duplicates);
