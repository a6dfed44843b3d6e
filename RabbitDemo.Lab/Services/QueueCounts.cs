namespace RabbitDemo.Lab.Services;

/// <param name="Queues">By name, retry and dead-letter queues too.</param>
/// <param name="At">When they were read; null when they never were.</param>
/// <param name="Problem">Why they are not newer; null when they are new.</param>
public sealed record QueueSnapshot(IReadOnlyDictionary<string, QueueCount> Queues, DateTimeOffset? At, string? Problem);

/// <param name="Resources">What the broker is short of; empty when it takes what is published.</param>
/// <param name="Since">When that began, or ended.</param>
public sealed record AlarmState(IReadOnlyList<string> Resources, DateTimeOffset Since);

/// <summary>
/// Ready, Unacked and Total of every queue as the broker says, and its alarms, read once a second for all pages while one is open.
/// </summary>
internal sealed class QueueCounts(ManagementApi management, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private static readonly AlarmState NoAlarm = new([], DateTimeOffset.MinValue);

    private readonly SemaphoreSlim wanted = new(0, 1);
    private volatile QueueSnapshot current = new(new Dictionary<string, QueueCount>(), null, null);
    private volatile AlarmState? alarms;
    private int watchers;

    /// <summary>The last one that could be read.</summary>
    public QueueSnapshot Current => current;

    /// <summary>Null until they are known, for a page that was just opened; none where the broker's API is not known or not to be asked.</summary>
    public AlarmState? Alarms => alarms;

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
            alarms = NoAlarm;
            current = current with { Problem = "RabbitDemo:Lab:Management is not set: what the broker counts is not known here." };
            return;
        }

        using var timer = new PeriodicTimer(Interval, clock);
        while (!stoppingToken.IsCancellationRequested)
        {
            if (Volatile.Read(ref watchers) == 0)
            {
                alarms = null;
                await wanted.WaitAsync(stoppingToken);
            }

            current = await ReadAsync(stoppingToken);
            alarms = await ReadAlarmsAsync(stoppingToken);
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

    private async Task<AlarmState> ReadAlarmsAsync(CancellationToken cancellationToken)
    {
        try
        {
            var resources = await management.AlarmsAsync(cancellationToken);
            var known = alarms ?? NoAlarm;
            return resources.SequenceEqual(known.Resources) ? known : new(resources, clock.GetUtcNow());
        }
        catch (ManagementAwayException)
        {
            return alarms ?? NoAlarm;
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
