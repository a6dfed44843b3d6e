using System.Data.Common;
using RabbitDemo.Messaging;

namespace RabbitDemo.Consumer.Store;

/// <summary>
/// A service's memory: events, attempts, dead letters and books by (queue, message id), shared by its replicas. Nothing is
/// acknowledged to the broker before it is on disk here.
/// </summary>
/// <remarks>
/// Thread-safe. Writes wait for each other across all replicas, and are committed in groups. Every member throws
/// <see cref="InboxUnavailableException"/> while the database cannot be used, and works again when it can.
/// </remarks>
internal sealed class MessageStore(StoreDatabase database, IEnumerable<StoreTable> tables, TimeProvider clock, ILoggerFactory logs) : IInbox, IAsyncDisposable
{
    private readonly GroupCommit writer = new(new StoreConnection(database, tables), logs.CreateLogger<GroupCommit>());
    private readonly Lookups lookups = new(new StoreConnection(database, tables));

    public async ValueTask<Sighting> BeginAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        if (delivery.IsCrashSuspect)
        {
            return await writer.WriteAsync(transaction => Attempts.BeginAsync(transaction, delivery), cancellationToken);
        }

        return await lookups.FindAsync(delivery.Queue, delivery.MessageId, cancellationToken) switch
        {
            null => new Sighting(SightingKind.Fresh, 0, 0),
            var known when delivery.Redrive > known.Redrives => new Sighting(Identity.Judge(known, delivery), 0, 0),
            var known => new Sighting(Identity.Judge(known, delivery), known.Failed, known.Unfinished)
        };
    }

    public async ValueTask<StoreOutcome> StoreAsync(Delivery delivery, DateTimeOffset processedAt, CancellationToken cancellationToken) =>
        await writer.StoreAsync(delivery, processedAt, cancellationToken);

    public async ValueTask<int> FailAsync(Delivery delivery, AttemptFailure failure, CancellationToken cancellationToken) =>
        await writer.WriteAsync(transaction => Attempts.FailAsync(transaction, delivery, failure), cancellationToken);

    public async ValueTask AbandonAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        // Only a suspect's attempt was recorded when it began.
        if (delivery.IsCrashSuspect)
        {
            await writer.WriteAsync(transaction => Attempts.AbandonAsync(transaction, delivery, clock.GetUtcNow()), cancellationToken);
        }
    }

    public async ValueTask BuryAsync(DeadLetter deadLetter, CancellationToken cancellationToken) =>
        await writer.WriteAsync(transaction => Burials.BuryAsync(transaction, deadLetter), cancellationToken);

    public async ValueTask RecordQueueSeenAsync(string queue, DateTimeOffset at, CancellationToken cancellationToken) =>
        await writer.WriteAsync(transaction => QueueDeletions.RecordSeenAsync(transaction, queue, at), cancellationToken);

    public async ValueTask RecordQueueMissingAsync(string queue, DateTimeOffset at, CancellationToken cancellationToken) =>
        await writer.WriteAsync(transaction => QueueDeletions.RecordMissingAsync(transaction, queue, at), cancellationToken);

    /// <summary>Writes in a transaction, together with whatever else waits; <paramref name="apply"/> may run again after a rollback.</summary>
    public Task<T> WriteAsync<T>(Func<StoreTransaction, Task<T>> apply, CancellationToken cancellationToken) where T : struct =>
        writer.WriteAsync(apply, cancellationToken);

    /// <summary>Reads beside the writer, on a connection from the pool.</summary>
    public async Task<T> ReadAsync<T>(Func<StoreSession, Task<T>> read, CancellationToken cancellationToken)
    {
        try
        {
            await using var session = await database.OpenAsync(cancellationToken);
            return await read(session);
        }
        catch (Exception e) when (e is DbException or IOException or TimeoutException or UnauthorizedAccessException)
        {
            throw StoreConnection.Unavailable(e);
        }
    }

    /// <summary>Creates or migrates the schema, and proves that the store can be written.</summary>
    public Task PrepareAsync(CancellationToken cancellationToken) => writer.WriteAsync(_ => Task.FromResult(true), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await writer.DisposeAsync();
        await lookups.DisposeAsync();
        await database.DisposeAsync();
    }
}
