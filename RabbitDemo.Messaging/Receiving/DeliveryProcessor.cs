using System.Diagnostics;

namespace RabbitDemo.Messaging;

/// <summary>
/// Brings one delivery to its end: stored, retried later, dead, or known already. Each path ends in an acknowledgement, or
/// leaves the delivery to the broker because the session ends.
/// </summary>
internal sealed class DeliveryProcessor(
    WorkQueue queue,
    HandlerRun handler,
    DeliverySpans spans,
    IInbox inbox,
    Replacement replacement,
    ReceiverOptions options,
    Trouble trouble,
    DeliveryReport report,
    TimeProvider clock)
{
    private readonly IReadOnlyList<TimeSpan> delays = options.Delays;

    /// <summary>
    /// Runs the attempt. The outer task ends with the handler, so that the next delivery can begin; the inner one ends when the
    /// store has committed, or the broker has confirmed the copy that takes the delivery's place.
    /// </summary>
    public async Task<Task<Ending>> ProcessAsync(ReceivedMessage message, CancellationToken stopped)
    {
        if (message.Delivery is not { } delivery)
        {
            return RejectAsync(message, message.Unreadable ?? DeathReasons.Unreadable, message.Error, attempts: 1, stopped);
        }

        if (message is { Redelivered: true, HadMessageId: false })
        {
            // Attempts are counted by id: it goes back under the one made up here, so that it cannot end its process for ever.
            return replacement.SendBackAsync(message, stopped);
        }

        var sighting = await BeginAsync(delivery, stopped);
        if (sighting.Kind == SightingKind.Settled)
        {
            report.Duplicate(message);
            return Task.FromResult(Ending.Acknowledge());
        }

        if (sighting.Kind == SightingKind.Conflict)
        {
            return RejectAsync(message, DeathReasons.IdConflict, "Another event is known under this message id.", attempts: 1, stopped);
        }

        if (message.Redelivered && sighting.UnfinishedAttempts + 1 >= options.MaxCrashes)
        {
            await trouble.InsistAsync(token => Abandon(delivery, token), stopped);
            return RejectAsync(message, DeathReasons.Crashed, $"Its process ended {options.MaxCrashes} times while handling it.", options.MaxCrashes, stopped);
        }

        if (sighting.FailedAttempts > delays.Count)
        {
            return RejectAsync(message, DeathReasons.HandlerFailed, "Its last attempt had failed.", sighting.FailedAttempts, stopped);
        }

        return await AttemptAsync(message, delivery, sighting.FailedAttempts + 1, stopped);
    }

    private async Task<Sighting> BeginAsync(Delivery delivery, CancellationToken stopped)
    {
        try
        {
            return await trouble.InsistAsync(token => inbox.BeginAsync(delivery, token), stopped);
        }
        catch (OperationCanceledException) when (delivery.IsCrashSuspect)
        {
            // Its record may be on its way to the disk, and would count an attempt that never began.
            await AbandonBestEffortAsync(delivery);
            throw;
        }
    }

    private async Task<Task<Ending>> AttemptAsync(ReceivedMessage message, Delivery delivery, int number, CancellationToken stopped)
    {
        var activity = spans.StartProcess(DeliveryFacts.Of(message), number);
        if (activity is not null && delivery.TraceId is null)
        {
            delivery = delivery with { TraceId = activity.TraceId.ToHexString() };
        }

        var started = clock.GetUtcNow();
        var result = await handler.RunAsync(delivery, stopped);
        delivery.CloseStatements();
        switch (result.End)
        {
            case HandlerEnd.Handled:
                report.Handled();
                return StoreAsync(message, delivery, started, activity, stopped);

            case HandlerEnd.Interrupted:
                activity?.Fail("interrupted", "the session or the process is ending");
                activity?.Stop();
                Measure(started, "interrupted");
                if (delivery.IsCrashSuspect)
                {
                    await AbandonBestEffortAsync(delivery);
                }

                return Task.FromResult(Ending.Leave());

            default:
                return FailAsync(message, delivery, started, result, activity, stopped);
        }
    }

    private async Task<Ending> StoreAsync(ReceivedMessage message, Delivery delivery, DateTimeOffset started, Activity? activity, CancellationToken stopped)
    {
        // Not cancelled with the session: the handler is done, and a commit now spares a second run.
        using var attempt = activity;
        StoreOutcome outcome;
        try
        {
            using var write = spans.StartWrite("store", delivery.MessageId);
            outcome = await trouble.InsistAsync(_ => inbox.StoreAsync(delivery, clock.GetUtcNow(), CancellationToken.None), stopped);
            write?.SetTag("rabbitdemo.store.outcome", outcome.ToString().ToLowerInvariant());
        }
        catch (Exception e) when (delivery.Statements.Count > 0 && e is StatementRefusedException or NotSupportedException)
        {
            // The handler's own doing, and so its failed attempt.
            var refused = new HandlerResult(HandlerEnd.Failed, Republication.Shorten($"{e.GetType().Name}: {e.Message}"), e);
            return await FailAsync(message, delivery, started, refused, activity, stopped);
        }

        Measure(started, outcome == StoreOutcome.Conflict ? DeathReasons.IdConflict : null);
        switch (outcome)
        {
            case StoreOutcome.Conflict:
                activity?.Fail(DeathReasons.IdConflict, null);
                return await replacement.BuryAsync(message, DeathReasons.IdConflict, "Another event is known under this message id.", attempts: 1, stopped);
            case StoreOutcome.Duplicate:
                report.Duplicate(message);
                return Ending.Acknowledge(activity);
            default:
                report.Stored(message);
                return Ending.Acknowledge(activity);
        }
    }

    private async Task<Ending> FailAsync(
        ReceivedMessage message, Delivery delivery, DateTimeOffset started, HandlerResult result, Activity? activity, CancellationToken stopped)
    {
        using var attempt = activity;
        var failure = new AttemptFailure(started, clock.GetUtcNow(), result.Reason, result.Error ?? result.Reason);
        var type = result.End == HandlerEnd.TimedOut ? null : result.Exception?.GetType().FullName;
        activity?.Fail(type ?? failure.Reason, result.Error, result.Exception);
        Measure(started, failure.Reason);
        int failed;
        using (spans.StartWrite("fail", delivery.MessageId))
        {
            failed = await trouble.InsistAsync(token => inbox.FailAsync(delivery, failure, token), stopped);
        }

        report.Failed(message, failed, failure.Error, result.Exception);
        if (failed > delays.Count || failure.Reason == DeathReasons.PermanentFailure)
        {
            return await replacement.BuryAsync(message, failure.Reason, failure.Error, failed, stopped);
        }

        report.Retries();
        var delay = delays[failed - 1];
        var ending = await replacement.RetryAsync(message, delay, stopped);
        report.Retried(message, failed, delay, failure.Reason);
        return ending;
    }

    /// <summary>Dead without a call of the handler.</summary>
    private async Task<Ending> RejectAsync(ReceivedMessage message, string reason, string? error, int attempts, CancellationToken stopped)
    {
        using var activity = spans.StartProcess(DeliveryFacts.Of(message), attempts);
        activity?.Fail(reason, error);
        Measure(clock.GetUtcNow(), reason);
        return await replacement.BuryAsync(message, reason, error, attempts, stopped);
    }

    private void Measure(DateTimeOffset started, string? errorType) =>
        DeliveryMeasurements.Processed(queue.Name, clock.GetUtcNow() - started, errorType);

    private async ValueTask<bool> Abandon(Delivery delivery, CancellationToken cancellationToken)
    {
        await inbox.AbandonAsync(delivery, cancellationToken);
        return true;
    }

    private async Task AbandonBestEffortAsync(Delivery delivery)
    {
        try
        {
            // Not cancelled after that: a store that is only slow takes it in its turn, behind what was written before.
            await inbox.AbandonAsync(delivery, CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(1), clock);
        }
        catch (Exception e) when (e is InboxUnavailableException or TimeoutException)
        {
            // It may stay recorded as unfinished, which costs the message at most one of its attempts.
        }
    }
}
