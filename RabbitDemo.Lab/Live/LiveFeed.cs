using RabbitDemo.Lab.Services;
using RabbitDemo.Messaging;

namespace RabbitDemo.Lab.Live;

/// <summary>
/// Gathers what comes for one page until the page asks for it. What waits here is bounded: a page that stalls for seconds sees the
/// newest only.
/// </summary>
internal sealed class LiveFeed : IDisposable
{
    private const int MostBatches = 50;

    private readonly Lock gate = new();
    private readonly Queue<MovementBatch> batches = [];
    private readonly SystemWatch watch;

    public LiveFeed(SystemWatch watch)
    {
        this.watch = watch;
        watch.Received += Add;
    }

    /// <summary>What has come since the last call.</summary>
    public IReadOnlyList<MovementBatch> Take()
    {
        lock (gate)
        {
            if (batches.Count == 0)
                return [];

            MovementBatch[] taken = [.. batches];
            batches.Clear();
            return taken;
        }
    }

    public void Dispose() => watch.Received -= Add;

    private void Add(MovementBatch batch)
    {
        if (batch.Counts.Count == 0 && batch.Movements.Count == 0)
            return;

        lock (gate)
        {
            batches.Enqueue(batch);
            if (batches.Count > MostBatches)
                batches.Dequeue();
        }
    }
}
