namespace RabbitDemo.Messaging;

/// <summary>
/// What waits for its confirm, by sequence number, which only grows: a queue of which the front is settled first. Thread-safe:
/// the writing loop adds, the connection's reader settles, a timer expires.
/// </summary>
internal sealed class ConfirmTable(TimeProvider clock)
{
    private readonly Lock gate = new();
    private PendingPublish?[] ring = new PendingPublish?[256];
    private ulong first = 1;
    private ulong next = 1;
    private string? closed;
    private ulong awaitedFrom = 1;
    private int awaited;
    private (ulong Sequence, long At) alone;
    private long fastest = long.MaxValue;

    /// <summary>Raised, by whoever settled it, when something waits no more.</summary>
    public event Action? Settled;

    /// <summary>How many wait for their confirm, but for those that <see cref="StopAwaiting"/> left out.</summary>
    public int Awaited => Volatile.Read(ref awaited);

    /// <summary>The shortest time from writing to the broker's verdict, of those that were written when nothing else was awaited.</summary>
    public TimeSpan Fastest => TimeSpan.FromTicks(Volatile.Read(ref fastest));

    public void Add(ulong sequence, PendingPublish publish)
    {
        lock (gate)
        {
            if (next - first == (ulong)ring.Length)
            {
                Grow();
            }

            ring[Slot(sequence)] = publish;
            next = sequence + 1;
            if (closed is null)
            {
                if (awaited++ == 0)
                {
                    alone = (sequence, clock.GetTimestamp());
                }

                return;
            }
        }

        publish.ChannelClosed(closed);
    }

    public PendingPublish? Find(ulong sequence)
    {
        lock (gate)
        {
            return sequence >= first && sequence < next ? ring[Slot(sequence)] : null;
        }
    }

    /// <summary>Takes <paramref name="sequence"/>, or with <paramref name="multiple"/> all up to it, out and completes it.</summary>
    public void Settle(ulong sequence, bool multiple, Action<PendingPublish> complete)
    {
        lock (gate)
        {
            var from = multiple ? first : Math.Max(sequence, first);
            for (var s = from; s <= sequence && s < next; s++)
            {
                if (ring[Slot(s)] is { } publish)
                {
                    Forget(s);
                    complete(publish);
                    if (s == alone.Sequence)
                    {
                        fastest = Math.Min(fastest, clock.GetElapsedTime(alone.At).Ticks);
                    }
                }
            }

            Advance();
        }

        Settled?.Invoke();
    }

    /// <summary>Gives up what is past its deadline, and forgets it: its confirm, should it come, finds nothing.</summary>
    /// <returns>Whether something waits on.</returns>
    public bool Expire(long now)
    {
        var waits = false;
        lock (gate)
        {
            for (var s = first; s < next; s++)
            {
                if (ring[Slot(s)] is not { } publish)
                {
                    continue;
                }

                if (publish.Deadline <= now)
                {
                    publish.Expire();
                }

                if (publish.IsDone)
                {
                    Forget(s);
                }
                else
                {
                    waits = true;
                }
            }

            Advance();
        }

        Settled?.Invoke();
        return waits;
    }

    /// <summary>Those that wait now are not counted any more; each is settled all the same.</summary>
    public void StopAwaiting()
    {
        lock (gate)
        {
            (awaitedFrom, awaited) = (next, 0);
        }
    }

    public void Close(string reason)
    {
        lock (gate)
        {
            closed = reason;
            for (var s = first; s < next; s++)
            {
                ring[Slot(s)]?.ChannelClosed(reason);
            }

            first = next;
            awaited = 0;
        }

        Settled?.Invoke();
    }

    private void Forget(ulong sequence)
    {
        ring[Slot(sequence)] = null;
        if (sequence >= awaitedFrom)
        {
            awaited--;
        }
    }

    private void Advance()
    {
        while (first < next && ring[Slot(first)] is null)
        {
            first++;
        }
    }

    private int Slot(ulong sequence) => (int)(sequence & (ulong)(ring.Length - 1));

    private void Grow()
    {
        var larger = new PendingPublish?[ring.Length * 2];
        for (var s = first; s < next; s++)
        {
            larger[s & (ulong)(larger.Length - 1)] = ring[Slot(s)];
        }

        ring = larger;
    }
}
