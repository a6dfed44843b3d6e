namespace RabbitDemo.Producer.Outbox;

/// <summary>
/// Finds the event over which the broker ends the channel: all that were under way when it ended go one at a time from then on, and
/// one that ends it again and again alone is the one. What was under way when the broker refused one goes alone too.
/// </summary>
internal sealed class OutboxSuspicion
{
    private const int MostStrikes = 3;

    private long upTo;
    private int strikes;

    /// <summary>How many may be under way together with event <paramref name="seq"/>.</summary>
    public int WindowOf(long seq, int window) => seq <= upTo ? 1 : window;

    /// <summary>Those up to <paramref name="newest"/> go one at a time.</summary>
    public void Suspect(long newest) => upTo = Math.Max(upTo, newest);

    /// <summary>One of those under way, of which <paramref name="newest"/> is the last, ended the channel.</summary>
    /// <returns>True when it was the only one, for the third time in a row.</returns>
    public bool Strike(long newest, int underWay)
    {
        Suspect(newest);
        return underWay == 1 && ++strikes == MostStrikes;
    }

    /// <summary>The oldest event has got its verdict: the next begins anew.</summary>
    public void Passed() => strikes = 0;
}
