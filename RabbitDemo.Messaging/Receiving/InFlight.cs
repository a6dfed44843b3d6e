namespace RabbitDemo.Messaging;

/// <summary>
/// The deliveries of one channel that are being worked on, by tag, which only grows: how many, since when the oldest is held, and
/// when there are none. Bounded by how many are held, however many pass them. Thread-safe.
/// </summary>
internal sealed class InFlight
{
    private const int Largest = 4096;

    private readonly Lock gate = new();
    private readonly SortedDictionary<ulong, DateTimeOffset> passed = []; // held, and before the first of the ring
    private DateTimeOffset?[] ring = new DateTimeOffset?[64];
    private ulong first = 1;
    private ulong next = 1;
    private readonly List<(int Limit, TaskCompletionSource Reached)> waiting = [];

    public int Count { get; private set; }

    /// <summary>When the oldest of them was received; null when there are none.</summary>
    public DateTimeOffset? OldestAt
    {
        get
        {
            lock (gate)
            {
                return passed.Count > 0 ? passed.First().Value : first < next ? ring[Slot(first)] : null;
            }
        }
    }

    public void Enter(ulong tag, DateTimeOffset at)
    {
        lock (gate)
        {
            Count++;
            if (first == next)
            {
                first = next = tag;
            }

            for (; next <= tag; next++)
            {
                if (next - first >= (ulong)ring.Length)
                {
                    MakeRoom();
                }

                ring[Slot(next)] = null;
            }

            ring[Slot(tag)] = at;
        }

        MessagingTelemetry.InFlight.Add(1);
    }

    public void Leave(ulong tag)
    {
        MessagingTelemetry.InFlight.Add(-1);
        lock (gate)
        {
            if (tag < first)
            {
                passed.Remove(tag);
            }
            else
            {
                ring[Slot(tag)] = null;
            }

            while (first < next && ring[Slot(first)] is null)
            {
                first++;
            }

            Count--;
            for (var i = waiting.Count - 1; i >= 0; i--)
            {
                if (Count < waiting[i].Limit)
                {
                    waiting[i].Reached.SetResult();
                    waiting.RemoveAt(i);
                }
            }
        }
    }

    public Task WhenIdle() => WhenBelow(1);

    /// <summary>Completes when there are fewer than <paramref name="limit"/>.</summary>
    public Task WhenBelow(int limit)
    {
        lock (gate)
        {
            if (Count < limit)
            {
                return Task.CompletedTask;
            }

            TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Add((limit, reached));
            return reached.Task;
        }
    }

    private int Slot(ulong tag) => (int)(tag & (ulong)(ring.Length - 1));

    /// <summary>A larger ring, or, when it is large already, the first of it is one that was passed.</summary>
    private void MakeRoom()
    {
        if (ring.Length < Largest)
        {
            var larger = new DateTimeOffset?[ring.Length * 2];
            for (var tag = first; tag < next; tag++)
            {
                larger[tag & (ulong)(larger.Length - 1)] = ring[Slot(tag)];
            }

            ring = larger;
            return;
        }

        if (ring[Slot(first)] is { } at)
        {
            passed.Add(first, at);
        }

        first++;
    }
}
