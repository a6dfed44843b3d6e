using System.Diagnostics;

namespace RabbitDemo.Messaging;

/// <summary>How one call of a handler ended.</summary>
internal enum HandlerEnd
{
    Handled,
    Failed,
    TimedOut,

    /// <summary>Neither: the session or the process is ending. Not an attempt.</summary>
    Interrupted
}

/// <param name="End">How it ended.</param>
/// <param name="Error">What went wrong, in one line for people.</param>
/// <param name="Exception">What the handler threw; null from one that went on past its limit.</param>
internal readonly record struct HandlerResult(HandlerEnd End, string? Error = null, Exception? Exception = null)
{
    /// <summary>Of a failed attempt: a <see cref="DeathReasons"/> value.</summary>
    public string Reason => this switch
    {
        { End: HandlerEnd.TimedOut } => DeathReasons.HandlerTimedOut,
        { Exception: PermanentFailureException } => DeathReasons.PermanentFailure,
        _ => DeathReasons.HandlerFailed
    };
}

/// <summary>Calls the handler under its time limit. A handler that does not heed its token is left to itself after it.</summary>
/// <param name="handler">What is called.</param>
/// <param name="limit">After which the attempt has failed.</param>
/// <param name="thread">Whose thread calls it.</param>
/// <param name="report">Told of what a handler throws that was left to itself.</param>
/// <param name="blocked">Told of a call that does not return, on a thread without which its attempt cannot end: it ends on the next session.</param>
/// <param name="clock">Of the limit.</param>
internal sealed class HandlerRun(
    IEventHandler handler, TimeSpan limit, HandlerThread thread, DeliveryReport report, Action<string> blocked, TimeProvider clock)
{
    private readonly HandlerLimit limits = new(limit, () =>
    {
        thread.Blocks();
        blocked($"a handler has kept its thread for longer than {limit}");
    }, clock);

    public async Task<HandlerResult> RunAsync(Delivery delivery, CancellationToken sessionStopped)
    {
        using var lease = limits.Rent(sessionStopped);
        var token = lease.Token;
        var running = CallAsync(delivery, lease);
        try
        {
            if (!running.IsCompleted)
            {
                // A little longer than the token, so that a handler which heeds it ends by itself.
                await Task.WhenAny(running, WhenCancelled(token));
                if (!running.IsCompleted)
                {
                    await Task.WhenAny(running, Task.Delay(HandlerLimit.Grace, clock, CancellationToken.None));
                }
            }

            if (running.IsCompleted)
            {
                await running;
                return new(HandlerEnd.Handled);
            }
        }
        catch (Exception) when (sessionStopped.IsCancellationRequested)
        {
            return new(HandlerEnd.Interrupted);
        }
        catch (OperationCanceledException e) when (token.IsCancellationRequested)
        {
            return TimedOut(e);
        }
        catch (Exception e)
        {
            return new(HandlerEnd.Failed, ErrorLine.Of(e), e);
        }

        _ = AbandonAsync(running, delivery);
        return sessionStopped.IsCancellationRequested ? new(HandlerEnd.Interrupted) : TimedOut();
    }

    private async Task CallAsync(Delivery delivery, HandlerLimit.Lease lease) =>
        await (thread.IsPools ? Task.Run(() => Call(delivery, lease.Token), CancellationToken.None) : CallHere(delivery, lease));

    private Task CallHere(Delivery delivery, HandlerLimit.Lease lease)
    {
        using var watch = lease.Enter();
        try
        {
            return Call(delivery, lease.Token);
        }
        finally
        {
            lease.Leave();
        }
    }

    private Task Call(Delivery delivery, CancellationToken token)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            return handler.HandleAsync(delivery, token);
        }
        finally
        {
            thread.Kept(Stopwatch.GetElapsedTime(began));
        }
    }

    private HandlerResult TimedOut(Exception? e = null) => new(HandlerEnd.TimedOut, $"The handler was still running after {limit}.", e);

    private static Task WhenCancelled(CancellationToken token)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        token.UnsafeRegister(static state => ((TaskCompletionSource?)state)?.TrySetResult(), cancelled);
        return cancelled.Task;
    }

    /// <summary>Its attempt is over: what it throws changes nothing, and may say why it took so long.</summary>
    private async Task AbandonAsync(Task running, Delivery delivery)
    {
        try
        {
            await running;
        }
        catch (OperationCanceledException)
        {
            // It has heeded its token after all.
        }
        catch (Exception e)
        {
            report.FailedLate(delivery, e);
        }
    }
}
