using RabbitDemo.Messaging;

namespace RabbitDemo.Producer.Outbox;

/// <summary>
/// Publishes what waits in the outbox, in the order of acceptance, with many confirms under way at a time. When one does not come,
/// it begins again at the oldest event that has none: an event may be published twice, under the same id, but never before an
/// earlier one. What no queue would get is parked, and holds up nothing.
/// </summary>
internal sealed partial class OutboxRelay(EventOutbox outbox, OrderedPublisher publisher, TimeProvider clock, ILogger<OutboxRelay> logger) : BackgroundService
{
    /// <summary>Bodies under way, so that large events do not fill the memory.</summary>
    private const long MostBytes = 16 * 1024 * 1024;

    /// <summary>A broker that takes messages and confirms none for so long has lost them.</summary>
    private static readonly TimeSpan StallLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(3);

    private readonly Queue<(OutboxEvent Event, Task<PublishOutcome> Outcome)> sent = [];
    private readonly OutboxPages pages = new(outbox, clock, logger);
    private readonly OutboxSettlement settlement = new(outbox, clock);
    private readonly OutboxSuspicion suspicion = new();
    private long bytes;

    private long lastSent;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var (changed, before) = (publisher.Changed, settlement.Position);
                if (publisher.Begin() is { } run)
                    await RelayAsync(run, stoppingToken);
                else
                    await changed.WaitAsync(stoppingToken);

                // What could not be published just now cannot at once: there is no use in trying all the time.
                if (settlement.Position == before)
                    await Task.Delay(suspicion.Pause, clock, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
        }

        await DrainAsync();
    }

    /// <summary>Returns when the run has ended.</summary>
    private async Task RelayAsync(OrderedRun run, CancellationToken stoppingToken)
    {
        pages.BeginAfter(settlement.Position);
        sent.Clear();
        (bytes, lastSent) = (0, settlement.Position);
        while (true)
        {
            var halted = SendAll(run);
            settlement.Write(stoppingToken);
            if (sent.Count == 0)
            {
                await settlement.Writing;
                if (settlement.IsUpToDate)
                    await (halted ?? outbox.ArrivedAsync(stoppingToken)).WaitAsync(stoppingToken);
                continue;
            }

            do
            {
                if (!await EndOneAsync(run, stoppingToken))
                    return;
            }
            while (sent.TryPeek(out var oldest) && oldest.Outcome.IsCompleted);
        }
    }

    /// <summary>Hands over as much as may be under way; what to wait for when the broker takes nothing now, or the file cannot be read.</summary>
    private Task? SendAll(OrderedRun run)
    {
        while (true)
        {
            var changed = publisher.Changed;
            if (publisher.Status.Phase == ConnectionPhase.Blocked)
                return changed;
            if (pages.Peek() is not { } evento)
                return pages.Unreadable;
            if (bytes >= MostBytes || sent.Count >= suspicion.WindowOf(evento.Seq, publisher.Window))
                return null;

            pages.Take();
            bytes += evento.Event.Body.Length;
            lastSent = evento.Seq;
            sent.Enqueue((evento, run.PublishAsync(evento.Event)));
        }
    }

    /// <summary>Waits for the verdict on the oldest event under way; false when the run has ended.</summary>
    private async Task<bool> EndOneAsync(OrderedRun run, CancellationToken stoppingToken)
    {
        var (evento, pending) = sent.Peek();
        if (await VerdictAsync(pending, run, stoppingToken) is not { } outcome)
            return true;

        switch (outcome.Status)
        {
            case PublishStatus.Confirmed:
                settlement.Pass(evento.Seq);
                Leave(evento);
                return true;
            case PublishStatus.Returned when run.TryDeclareAgain(evento.Event):
                return false;
            case PublishStatus.Returned:
                Park(evento, $"No queue would get it: {outcome.Reason}.");
                return true;
            case PublishStatus.Refused or PublishStatus.Unknown when run.WasRefused: // unknown when one behind it was refused first
                suspicion.Refused(lastSent, copies: evento.Event.Exchange.Length > 0 && sent.Count == 1);
                return false;
            default:
                if (run.EndedByAMessage && suspicion.Strike(lastSent, sent.Count))
                    Park(evento, $"The broker ends the channel over it: {outcome.Reason}.");
                return false;
        }
    }

    /// <summary>Null when there is none yet and it is worth waiting on.</summary>
    private async Task<PublishOutcome?> VerdictAsync(Task<PublishOutcome> pending, OrderedRun run, CancellationToken stoppingToken)
    {
        try
        {
            return await pending.WaitAsync(StallLimit, clock, stoppingToken);
        }
        catch (TimeoutException)
        {
            if (publisher.Status.Phase == ConnectionPhase.Ready)
                run.End($"the broker has confirmed nothing for {StallLimit.TotalSeconds} s");
            return null;
        }
    }

    private void Park(OutboxEvent evento, string reason)
    {
        settlement.Park(evento.Seq, reason);
        LogParked(evento.Event.MessageId, reason);
        Leave(evento);
    }

    private void Leave(OutboxEvent evento)
    {
        sent.Dequeue();
        bytes -= evento.Event.Body.Length;
        suspicion.Passed();
    }

    /// <summary>The service stops: what is under way has a moment to be confirmed, so that it is not published again.</summary>
    private async Task DrainAsync()
    {
        using var limit = new CancellationTokenSource(DrainLimit, clock);
        try
        {
            foreach (var (evento, pending) in sent)
            {
                if ((await pending.WaitAsync(limit.Token)).Status != PublishStatus.Confirmed)
                    break;

                settlement.Pass(evento.Seq);
            }

            await Task.WhenAny(settlement.Writing).WaitAsync(limit.Token); // the stop has cancelled it if the file had refused it
            settlement.Write(limit.Token);
            await settlement.Writing.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // It is published again by the next process that takes up this file.
        }
    }

    [LoggerMessage(LogLevel.Warning, "Parked {MessageId}: {Reason}")]
    private partial void LogParked(string messageId, string reason);
}
