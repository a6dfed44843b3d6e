using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;

namespace RabbitDemo.Messaging;

/// <summary>
/// Reads every queue of one service: receives, hands to the handler, stores through the inbox, acknowledges. It keeps the
/// process's one connection to consume on, and rebuilds it with all its consumers as one unit.
/// </summary>
public sealed partial class Receiver : BackgroundService
{
    private readonly ReceiverParts parts;
    private readonly ConnectionSupervisor supervisor;
    private readonly ILogger logger;
    private volatile ReceiverUnit? unit;

    internal Receiver(ReceiverParts parts, IConnectionFactory factory, IOptions<ConnectionOptions> connection, ILogger<Receiver> logger)
    {
        this.parts = parts;
        this.logger = logger;
        supervisor = new("consume", factory, connection.Value, parts.Clock, logger) { TakesDeliveries = true };
    }

    /// <summary>The service that this process is a replica of.</summary>
    public string Service => parts.Service;

    public ConnectionStatus Status => supervisor.Status;

    public int Reconnects => supervisor.Reconnects;

    /// <summary>Each queue of the service, and what is in its way.</summary>
    public IReadOnlyList<QueueStatus> Queues => unit is { } now
        ? now.Statuses
        : [.. parts.Queues.Select(queue => new QueueStatus(queue.Name, false, 0, supervisor.Status.Reason))];

    /// <summary>What this process holds of each queue of the service.</summary>
    internal IReadOnlyList<Holding> Holdings => unit is { } now
        ? now.Holdings
        : [.. parts.Queues.Select(queue => new Holding(queue.Name, 0, null, parts.SettingsOf(queue).Prefetch, supervisor.Status.Reason))];

    /// <summary>Entities that this service does not read and that the broker has otherwise than declared here.</summary>
    public IReadOnlyList<EntityProblem> Problems => unit?.Problems ?? [];

    /// <summary>Messages that lie ready at the broker, in retry and dead-letter queues too; null while there is no connection.</summary>
    public async Task<IReadOnlyList<QueueDepth>?> MeasureAsync(CancellationToken cancellationToken) =>
        unit is { } now ? await now.MeasureAsync(cancellationToken) : null;

    /// <summary>
    /// Reads <paramref name="queue"/> with another prefetch, until the process ends or it is set again. It takes effect at once and
    /// redelivers nothing: what is held stays held. With a higher limit that comes on top until it is settled; with a lower one no more
    /// is taken until so little is held that handlers are free. The concurrency stays as configured: what is prefetched beyond it
    /// waits here. A single active consumer may lose its turn to another process.
    /// </summary>
    /// <param name="queue">A queue of this service.</param>
    /// <param name="prefetch">1 to 65535.</param>
    /// <param name="cancellationToken">Gives up waiting; the new limit stays set.</param>
    /// <exception cref="ArgumentException">The service does not read that queue.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The prefetch is none.</exception>
    public async Task SetPrefetchAsync(string queue, int prefetch, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(prefetch, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(prefetch, ushort.MaxValue);
        var found = parts.Queues.FirstOrDefault(q => q.Name == queue)
            ?? throw new ArgumentException($"{Service} does not read queue {queue}.", nameof(queue));
        parts.Prefetches[queue] = prefetch;
        if (unit is { } now)
        {
            await now.AdoptPrefetchAsync(found, cancellationToken);
        }
    }

    /// <summary>Stops taking deliveries, lets handlers finish inside the drain's deadline, and leaves the rest to the broker.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        if (unit is { } now)
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            deadline.CancelAfter(parts.Options.DrainDeadline);
            var left = await now.DrainAsync(deadline.Token);
            LogDrained(left);
        }

        await base.StopAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => supervisor.RunAsync(BuildAsync, stoppingToken);

    private async Task<IAsyncDisposable> BuildAsync(BrokerSession session, CancellationToken cancellationToken)
    {
        var built = await ReceiverUnit.BuildAsync(session, parts, logger, () => unit = null, cancellationToken);
        unit = built;

        // What was set while the unit was being built did not find it.
        foreach (var queue in parts.Queues)
        {
            await built.AdoptPrefetchAsync(queue, cancellationToken);
        }

        return built;
    }

    [LoggerMessage(LogLevel.Information, "Drained: {Left} deliveries go back to the broker")]
    private partial void LogDrained(int left);
}

/// <param name="Queue">The work queue.</param>
/// <param name="IsSubscribed">The broker delivers to this process.</param>
/// <param name="InFlight">Deliveries that this process holds.</param>
/// <param name="Trouble">What is in the way, in one line; null when nothing is.</param>
public sealed record QueueStatus(string Queue, bool IsSubscribed, int InFlight, string? Trouble);

/// <param name="Queue">A work, retry or dead-letter queue.</param>
/// <param name="Ready">Messages that no consumer holds.</param>
/// <param name="Consumers">Consumers at the broker, of all processes.</param>
/// <param name="IsOursAlone">
/// Its one consumer is this process's: nobody else holds messages of it, except for a process that has just ended its own consumer and
/// is bringing what it holds to an end.
/// </param>
public sealed record QueueDepth(string Queue, long Ready, long Consumers, bool IsOursAlone = false);
