using Microsoft.Extensions.Logging;

namespace RabbitDemo.Messaging;

/// <summary>Everything that a receiver has on one session: topology, one consumer a queue, dead-letter movers, the watchdog.</summary>
internal sealed class ReceiverUnit : IAsyncDisposable
{
    private readonly BrokerSession session;
    private readonly ReceiverParts parts;
    private readonly Action onEnd;
    private readonly ReceiverTopology topology;
    private readonly Dictionary<string, Trouble> troubles = [];
    private readonly QueueRecords records;
    private readonly List<QueueSubscription> subscriptions = [];
    private readonly Task watching;

    private ReceiverUnit(BrokerSession session, ReceiverParts parts, ILogger logger, Action onEnd)
    {
        this.session = session;
        this.parts = parts;
        this.onEnd = onEnd;
        topology = new(session, parts);
        records = new(parts.Inbox, troubles, parts.Clock);
        foreach (var queue in parts.Queues)
        {
            troubles[queue.Name] = new(queue.Name, parts.Clock, logger);
        }

        watching = new Watchdog(session, subscriptions, parts.Options.WatchdogInterval, parts.Clock).RunAsync();
    }

    public IReadOnlyList<EntityProblem> Problems => topology.Problems;

    public IReadOnlyList<QueueStatus> Statuses => [.. parts.Queues.Select(StatusOf)];

    public IReadOnlyList<Holding> Holdings => [.. parts.Queues.Select(HoldingOf)];

    public static async Task<ReceiverUnit> BuildAsync(
        BrokerSession session, ReceiverParts parts, ILogger logger, Action onEnd, CancellationToken cancellationToken)
    {
        var unit = new ReceiverUnit(session, parts, logger, onEnd);
        try
        {
            await unit.RememberMissingAsync(cancellationToken);
            await unit.topology.DeclareAsync(logger, cancellationToken);
            foreach (var queue in parts.Queues.Where(queue => unit.topology.WhyUnreadable(queue) is null))
            {
                await unit.SubscribeAsync(queue, logger, cancellationToken);
            }

            return unit;
        }
        catch
        {
            session.End("it could not be built");

            // A handler that an earlier queue's delivery has begun may never end: the next attempt does not wait for it.
            await Task.WhenAny(unit.DisposeAsync().AsTask(), Task.Delay(ConnectionSupervisor.CloseWithin, parts.Clock, CancellationToken.None));
            throw;
        }
    }

    /// <summary>Has the queue read with the prefetch that the settings name now.</summary>
    public Task AdoptPrefetchAsync(WorkQueue queue, CancellationToken cancellationToken) =>
        Find(queue)?.SetPrefetchAsync(parts.SettingsOf(queue).Prefetch, cancellationToken) ?? Task.CompletedTask;

    /// <returns>Deliveries that were not done at the deadline.</returns>
    public async Task<int> DrainAsync(CancellationToken deadline)
    {
        await Task.WhenAll(subscriptions.Select(s => s.DrainAsync(deadline)));
        return subscriptions.Sum(s => s.InFlightCount);
    }

    public async Task<IReadOnlyList<QueueDepth>?> MeasureAsync(CancellationToken cancellationToken)
    {
        try
        {
            List<QueueDepth> depths = [];
            foreach (var queue in parts.Queues)
            {
                string[] names = [queue.Name, .. parts.Options.Delays.Select(queue.RetryQueue), queue.DeadLetterQueue];
                foreach (var name in names)
                {
                    if (await QueueProbe.MeasureAsync(session.Connection, name, cancellationToken) is { } depth)
                    {
                        depths.Add(depth with { IsOursAlone = depth.Consumers == 1 && name == queue.Name && Reads(queue) });
                    }
                }
            }

            return depths;
        }
        catch (Exception e) when (BrokerErrors.IsBrokerFailure(e) && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        onEnd();
        session.End("closed");
        await watching;
        foreach (var subscription in subscriptions)
        {
            await subscription.DisposeAsync();
        }
    }

    /// <summary>Before it is declared again, and its absence cannot be seen any more.</summary>
    private async Task RememberMissingAsync(CancellationToken cancellationToken)
    {
        foreach (var queue in parts.Queues)
        {
            var presence = await QueueProbe.LookAsync(session.Connection, queue.Name, cancellationToken);
            var wasCancelled = parts.Cancelled.TryRemove(queue.Name, out _);
            if (presence == QueuePresence.Missing || (wasCancelled && presence == QueuePresence.Present))
            {
                records.Missing(queue);
            }
        }
    }

    private async Task SubscribeAsync(WorkQueue queue, ILogger logger, CancellationToken cancellationToken)
    {
        var (options, trouble) = (parts.Options, troubles[queue.Name]);
        var reader = new MessageReader(queue.Name, parts.Consumer, options.MaxBodyBytes, parts.Clock);
        var report = new DeliveryReport(queue.Name, parts.Counters, parts.Movements, logger);
        var run = new HandlerRun(
            parts.Handler, options.HandlerTimeLimitOf(queue.Name), parts.ThreadOf(queue), report, why => session.End($"{queue.Name}: {why}"), parts.Clock);
        var broker = BrokerAddress.Of(session.Connection.Endpoint);
        var spans = new DeliverySpans(queue.Name, broker);
        var replacement = new Replacement(queue, parts.Publisher, trouble, Missing, report, parts.Clock);
        var processor = new DeliveryProcessor(queue, run, spans, parts.Inbox, replacement, options, trouble, report, parts.Clock);
        records.Seen(queue);
        var subscription = await QueueSubscription.StartAsync(
            session, queue, parts.SettingsOf(queue), reader, processor, spans, parts.Counters, parts.Movements, parts.Clock,
            () => parts.Cancelled[queue.Name] = true, cancellationToken);
        lock (subscriptions)
        {
            subscriptions.Add(subscription);
        }

        if (topology.IsInOrder(queue.DeadLetterQueue))
        {
            await DeadLetterMover.StartAsync(session, queue, parts.Inbox, trouble, broker, parts.Clock, cancellationToken);
        }
    }

    private QueueStatus StatusOf(WorkQueue queue)
    {
        var subscription = Find(queue);
        return new(queue.Name, subscription is not null, subscription?.InFlightCount ?? 0, TroubleOf(queue));
    }

    private Holding HoldingOf(WorkQueue queue)
    {
        var subscription = Find(queue);
        return new(
            queue.Name, subscription?.InFlightCount ?? 0, subscription?.OldestAt, parts.SettingsOf(queue).Prefetch, TroubleOf(queue));
    }

    private QueueSubscription? Find(WorkQueue queue)
    {
        lock (subscriptions)
        {
            return subscriptions.Find(s => s.Queue == queue);
        }
    }

    private bool Reads(WorkQueue queue) => Find(queue) is { IsPaused: false, IsDraining: false };

    private string? TroubleOf(WorkQueue queue) => topology.WhyUnreadable(queue) ?? troubles[queue.Name].Reason;

    /// <summary>A queue that was deleted is declared again with a new session; one that is known to be away is waited for.</summary>
    private void Missing(string queue)
    {
        if (!topology.IsAway(queue))
        {
            session.End($"queue {queue} is gone");
        }
    }
}
