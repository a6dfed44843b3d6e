namespace RabbitDemo.Messaging;

/// <summary>
/// Lets half of the requests under way on a channel wait for the broker at a time. Left alone, all of them are with the broker, whose
/// one busy scheduler works while this process sleeps, and then all of them here: each is idle for as long as the other works
/// (docs/decisions/012-half-at-a-time.md). Thread-safe.
/// </summary>
internal sealed class RequestPace
{
    /// <summary>So many go out whatever waits: the broker confirms fewer at a time at a higher price for each.</summary>
    private const int Least = 16;

    /// <summary>
    /// A broker that takes longer than this for a single message is far away, or syncs a disk: the time is not its CPU's, and more at
    /// once does not make it longer.
    /// </summary>
    public static readonly TimeSpan Near = TimeSpan.FromMilliseconds(0.5);

    /// <summary>Nobody is held back for longer: one of the broker's queues may never confirm.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(3);

    /// <summary>How many are under way is what it was at most in so long, and up to twice that.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(50);

    private readonly ConfirmTable outstanding;
    private readonly TimeProvider clock;
    private readonly ITimer patience;
    private readonly Lock gate = new();
    private TaskCompletionSource? held;
    private int waiting;
    private int most;
    private int mostBefore;
    private long periodBegan;

    public RequestPace(ConfirmTable outstanding, TimeProvider clock)
    {
        (this.outstanding, this.clock) = (outstanding, clock);
        patience = clock.CreateTimer(_ => LosePatience(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        outstanding.Settled += Look;
    }

    /// <summary>The next may be written now.</summary>
    public bool IsOpen
    {
        get
        {
            lock (gate)
            {
                return MayWrite();
            }
        }
    }

    /// <summary>Completes when the next may be written.</summary>
    public Task OpenAsync()
    {
        lock (gate)
        {
            if (MayWrite())
            {
                return Task.CompletedTask;
            }

            if (held is null)
            {
                held = new(TaskCreationOptions.RunContinuationsAsynchronously);
                if (waiting > 0)
                {
                    BePatient();
                }
            }

            return held.Task;
        }
    }

    /// <summary>One more waits to be written.</summary>
    public void Adding()
    {
        lock (gate)
        {
            waiting++;
            Look();
            if (held is not null && waiting == 1)
            {
                BePatient();
            }
        }
    }

    /// <summary>One waits no more: it is being written, or was given up.</summary>
    public void Taken()
    {
        lock (gate)
        {
            waiting--;
        }
    }

    private void Look()
    {
        lock (gate)
        {
            if (MayWrite())
            {
                held?.TrySetResult();
                held = null;
            }
        }
    }

    private void BePatient() => patience.Change(Longest, Timeout.InfiniteTimeSpan);

    private void LosePatience()
    {
        lock (gate)
        {
            if (held is not null && waiting > 0)
            {
                outstanding.StopAwaiting();
                held.TrySetResult();
                held = null;
            }
        }
    }

    /// <summary>Called under the gate.</summary>
    private bool MayWrite()
    {
        var awaited = outstanding.Awaited;
        var underWay = awaited + waiting;
        if (clock.GetElapsedTime(periodBegan) > Period)
        {
            (mostBefore, most, periodBegan) = (most, 0, clock.GetTimestamp());
        }

        most = Math.Max(most, underWay);
        return awaited < Math.Max(Least, Math.Max(most, mostBefore) / 2) || outstanding.Fastest > Near;
    }
}
