using System.Collections.Concurrent;
using RabbitDemo.Messaging;

namespace RabbitDemo.Lab.Services;

/// <param name="Latest">The last batch that it sent.</param>
/// <param name="SeenAt">When that came here.</param>
public sealed record Instance(MovementBatch Latest, DateTimeOffset SeenAt)
{
    public string Name => Latest.Instance;

    public string Service => Latest.Service;

    /// <summary>It was found to be gone, and has not been heard since: a broker that is away does not bring it back.</summary>
    internal bool IsGone { get; set; }
}

/// <summary>
/// What the services' processes tell of themselves, for all pages that are open. Thread-safe. While the broker is away, or takes nothing
/// for an alarm, nothing comes, and what was known is kept.
/// </summary>
internal sealed class SystemWatch(MovementReader reader, QueueCounts counts, TimeProvider clock) : IHostedService
{
    /// <summary>Each tells something at least once a second.</summary>
    private static readonly TimeSpan GoneAfter = TimeSpan.FromSeconds(3.5);

    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, Instance> instances = [];
    private readonly RecentConfirms confirms = new();

    /// <summary>Raised for each batch, on the reader's thread: subscribers keep it short.</summary>
    public event Action<MovementBatch>? Received;

    public ConnectionStatus Connection => reader.Status;

    /// <summary>Those that are running as far as is known, in the order of their names.</summary>
    public IReadOnlyList<Instance> Running => [.. All.Where(IsRunning)];

    /// <summary>Those that stopped lately too.</summary>
    public IReadOnlyList<Instance> All => [.. instances.Values.OrderBy(i => i.Service, StringComparer.Ordinal).ThenBy(i => i.Name, StringComparer.Ordinal)];

    public bool IsRunning(Instance instance) => IsRunning(instance, Connection, counts.Alarms, clock.GetUtcNow());

    /// <summary>By what was heard of it until <paramref name="now"/>, over a connection in that state, from a broker with those alarms; null when they are not known.</summary>
    internal static bool IsRunning(Instance instance, ConnectionStatus connection, AlarmState? alarms, DateTimeOffset now)
    {
        if (instance.Latest.IsLast || instance.IsGone)
            return false;

        // While nothing can be heard, silence says nothing; after that each gets its time to speak again.
        if (connection.Phase != ConnectionPhase.Ready || alarms is not { Resources: [] })
            return true;

        DateTimeOffset[] heardSince = [instance.SeenAt, connection.Since, alarms.Since];
        instance.IsGone = now - heardSince.Max() >= GoneAfter;
        return !instance.IsGone;
    }

    /// <summary>When the broker's confirm came, if that was lately; null otherwise.</summary>
    public DateTimeOffset? ConfirmedAt(string messageId) => confirms.Find(messageId);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        reader.Received += Take;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        reader.Received -= Take;
        return Task.CompletedTask;
    }

    internal void Take(MovementBatch batch)
    {
        var now = clock.GetUtcNow();
        instances[batch.Instance] = new(batch, now);
        foreach (var old in instances.Values.Where(i => now - i.SeenAt > ForgottenAfter))
            instances.TryRemove(old.Name, out _);

        foreach (var movement in batch.Movements)
        {
            if (movement.Kind == MovementKind.Published)
                confirms.Add(movement.MessageId, movement.At);
        }

        Received?.Invoke(batch);
    }
}
