namespace RabbitDemo.Messaging;

/// <summary>
/// Which of a channel's delivery tags, which count up from 1, are finished. A tag is taken once: the broker closes the channel at
/// the second acknowledgement of one. Bounded by how many are unfinished, however many pass them. Not thread-safe.
/// </summary>
internal sealed class AckTable
{
    private const int Largest = 4096;

    private readonly HashSet<ulong> passed = []; // unfinished, and before the first of the ring
    private readonly List<Finished> late = [];
    private Entry[] ring = new Entry[256];
    private ulong first = 1;
    private ulong next = 1;

    private enum State
    {
        Unfinished,
        Finished,
        Taken
    }

    public void Finish(Finished finished)
    {
        var tag = finished.Message.DeliveryTag;
        if (tag < first)
        {
            passed.Remove(tag);
            late.Add(finished);
            return;
        }

        for (; next <= tag; next++)
        {
            if (next - first >= (ulong)ring.Length)
            {
                MakeRoom();
            }

            ring[Slot(next)] = default;
        }

        ring[Slot(tag)] = new(State.Finished, finished);
    }

    /// <summary>Adds to <paramref name="taken"/>, those that were passed first, and then in the order of their tags, all that is finished and not taken.</summary>
    /// <returns>How many of them have nothing unfinished before the last of them.</returns>
    public int Take(List<Finished> taken)
    {
        late.Sort(static (a, b) => a.Message.DeliveryTag.CompareTo(b.Message.DeliveryTag));
        taken.AddRange(late);
        late.Clear();
        var prefix = passed.Count > 0 ? 0 : -1;
        var begins = true;
        for (var tag = first; tag < next; tag++)
        {
            ref var entry = ref ring[Slot(tag)];
            if (entry.State == State.Unfinished)
            {
                begins = false;
                prefix = prefix < 0 ? taken.Count : prefix;
            }
            else if (entry.State == State.Finished)
            {
                taken.Add(entry.Finished);
                entry = new(State.Taken, default);
            }

            if (begins)
            {
                first = tag + 1;
            }
        }

        return prefix < 0 ? taken.Count : prefix;
    }

    private int Slot(ulong tag) => (int)(tag & (ulong)(ring.Length - 1));

    /// <summary>A larger ring, or, when it is large already, the first of it is one that was passed.</summary>
    private void MakeRoom()
    {
        if (ring.Length < Largest)
        {
            var larger = new Entry[ring.Length * 2];
            for (var tag = first; tag < next; tag++)
            {
                larger[tag & (ulong)(larger.Length - 1)] = ring[Slot(tag)];
            }

            ring = larger;
            return;
        }

        var oldest = ring[Slot(first)];
        if (oldest.State == State.Unfinished)
        {
            passed.Add(first);
        }
        else if (oldest.State == State.Finished)
        {
            late.Add(oldest.Finished);
        }

        first++;
    }

    private readonly record struct Entry(State State, Finished Finished);
}
