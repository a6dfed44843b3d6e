using RabbitDemo.Messaging;

namespace RabbitDemo.Benchmarks.Candidates;

/// <summary>Remembers nothing: what the engine costs without a store, for comparison with those that have none.</summary>
internal sealed class NoInbox : IInbox
{
    public ValueTask<Sighting> BeginAsync(Delivery delivery, CancellationToken cancellationToken) => new(new Sighting(SightingKind.Fresh, 0, 0));

    public ValueTask<StoreOutcome> StoreAsync(Delivery delivery, DateTimeOffset processedAt, CancellationToken cancellationToken) => delivery.Statements.Count == 0
        ? new(StoreOutcome.Stored)
        : throw new NotSupportedException("There is no database to run a handler's statements in.");

    public ValueTask<int> FailAsync(Delivery delivery, AttemptFailure failure, CancellationToken cancellationToken) => new(1);

    public ValueTask AbandonAsync(Delivery delivery, CancellationToken cancellationToken) => default;

    public ValueTask BuryAsync(DeadLetter deadLetter, CancellationToken cancellationToken) => default;

    public ValueTask RecordQueueSeenAsync(string queue, DateTimeOffset at, CancellationToken cancellationToken) => default;

    public ValueTask RecordQueueMissingAsync(string queue, DateTimeOffset at, CancellationToken cancellationToken) => default;
}
