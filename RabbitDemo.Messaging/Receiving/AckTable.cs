namespace RabbitDemo.Messaging;

/// <summary>
/// Which of a channel's delivery tags, which count up from 1, are finished. A tag is taken once: the broker closes the channel at
/// the second acknowledgement of one. Not thread-safe.
/// </summary>
internal sealed class AckTable
{
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
        while (tag - first >= (ulong)ring.Length)
        {
            Grow();
        }

        for (; next <= tag; next++)
        {
            ring[Slot(next)] = default;
        }

        ring[Slot(tag)] = new(State.Finished, finished);
    }

    /// <summary>Adds to <paramref name="taken"/>, in the order of their tags, all that is finished and not taken.</summary>
    /// <returns>How many of them have nothing unfinished before them.</returns>
    public int Take(List<Finished> taken)
    {
        var prefix = -1;
        for (var tag = first; tag < next; tag++)
        {
            ref var entry = ref ring[Slot(tag)];
            if (entry.State == State.Unfinished)
            {
                prefix = prefix < 0 ? taken.Count : prefix;
            }
            else if (entry.State == State.Finished)
            {
                taken.Add(entry.Finished);
                entry = new(State.Taken, default);
            }

            if (prefix < 0)
            {
                first = tag + 1;
            }
        }

        return prefix < 0 ? taken.Count : prefix;
    }

    private int Slot(ulong tag) => (int)(tag & (ulong)(ring.Length - 1));

    private void Grow()
    {
        var larger = new Entry[ring.Length * 2];
        for (var tag = first; tag < next; tag++)
        {
            larger[tag & (ulong)(larger.Length - 1)] = ring[Slot(tag)];
        }

        ring = larger;
    }

    private readonly record struct Entry(State State, Finished Finished);
}
