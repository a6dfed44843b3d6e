namespace RabbitDemo.Lab.Services;

/// <param name="Queues">By name, retry and dead-letter queues too.</param>
/// <param name="At">When they were read; null when they never were.</param>
/// <param name="Problem">Why they are not newer; null when they are new.</param>
public sealed record QueueSnapshot(IReadOnlyDictionary<string, QueueCount> Queues, DateTimeOffset? At, string? Problem);

/// <summary>Ready, Unacked and Total of every queue as the broker says, read once a second for all pages while one is open.</summary>
internal sealed class QueueCounts(ManagementApi management, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim wanted = new(0, 1);
    private volatile QueueSnapshot current = new(new Dictionary<string, QueueCount>(), null, null);
    private int watchers;

    /// <summary>The last one that could be read.</summary>
    public QueueSnapshot Current => current;

    /// <summary>Keeps the counts coming until it is disposed of.</summary>
    public IDisposable Watch()
    {
        if (Interlocked.Increment(ref watchers) == 1)
            Wake();

        return new Watcher(this);
    }

    public override void Dispose()
    {
        wanted.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (management.Address is null)
        {
            current = current with { Problem = "RabbitDemo:Lab:Management is not set: what the broker counts is not known here." };
            return;
        }

        using var timer = new PeriodicTimer(Interval, clock);
        while (!stoppingToken.IsCancellationRequested)
        {
            if (Volatile.Read(ref watchers) == 0)
                await wanted.WaitAsync(stoppingToken);

            current = await ReadAsync(stoppingToken);
            await timer.WaitForNextTickAsync(stoppingToken);
        }
    }

    private void Wake()
    {
        try
        {
            wanted.Release();
        }
        catch (SemaphoreFullException)
        {
            // Another page has, just now.
        }
    }

    private async Task<QueueSnapshot> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return new(await management.QueuesAsync(cancellationToken), clock.GetUtcNow(), null);
        }
        catch (ManagementAwayException e)
        {
            return current with { Problem = e.Message };
        }
    }

    private sealed class Watcher(QueueCounts counts) : IDisposable
    {
        private int isDone;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref isDone, 1) == 0)
                Interlocked.Decrement(ref counts.watchers);
        }
    }
}
