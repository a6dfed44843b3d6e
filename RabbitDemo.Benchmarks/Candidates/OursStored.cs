using Microsoft.Extensions.Logging.Abstractions;
using RabbitDemo.Consumer.Store;
using RabbitDemo.Messaging;

namespace RabbitDemo.Benchmarks.Candidates;

/// <summary>The engine with the consumer's store: each event exactly once in a SQLite file (WAL, synchronous=FULL) before its acknowledgement.</summary>
internal sealed class OursStored(Uri broker) : Ours(broker)
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("rabbitdemo-bench-");

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        folder.Delete(recursive: true);
    }

    protected override bool AcksStored => true;

    protected override void AddInbox(IHostApplicationBuilder builder, Action<long> handled)
    {
        var store = new MessageStore(
            StoreDatabase.Sqlite(Path.Combine(folder.FullName, "store.db"), TimeSpan.FromSeconds(5)), [], TimeProvider.System, NullLoggerFactory.Instance);
        builder.Services.AddSingleton<IInbox>(new Counting(store, handled));
    }

    /// <summary>Tells of each event after its commit.</summary>
    private sealed class Counting(MessageStore store, Action<long> stored) : IInbox
    {
        public ValueTask<Sighting> BeginAsync(Delivery delivery, CancellationToken cancellationToken) => store.BeginAsync(delivery, cancellationToken);

        public async ValueTask<StoreOutcome> StoreAsync(Delivery delivery, DateTimeOffset processedAt, CancellationToken cancellationToken)
        {
            var outcome = await store.StoreAsync(delivery, processedAt, cancellationToken);
            stored(delivery.Evento.Id);
            return outcome;
        }

        public ValueTask<int> FailAsync(Delivery delivery, AttemptFailure failure, CancellationToken cancellationToken) => store.FailAsync(delivery, failure, cancellationToken);

        public ValueTask AbandonAsync(Delivery delivery, CancellationToken cancellationToken) => store.AbandonAsync(delivery, cancellationToken);

        public ValueTask BuryAsync(DeadLetter deadLetter, CancellationToken cancellationToken) => store.BuryAsync(deadLetter, cancellationToken);

        public ValueTask RecordQueueSeenAsync(string queue, DateTimeOffset at, CancellationToken cancellationToken) => store.RecordQueueSeenAsync(queue, at, cancellationToken);

        public ValueTask RecordQueueMissingAsync(string queue, DateTimeOffset at, CancellationToken cancellationToken) => store.RecordQueueMissingAsync(queue, at, cancellationToken);
    }
}
