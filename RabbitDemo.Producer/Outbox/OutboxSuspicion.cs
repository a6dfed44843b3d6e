namespace RabbitDemo.Producer.Outbox;

/// <summary>
/// Finds the event over which the broker ends the channel: all that were under way when it ended go one at a time from then on, and
/// one that ends it again and again alone is the one. What was under way when the broker refused one goes alone too.
/// </summary>
internal sealed class OutboxSuspicion
{
    private const int MostStrikes = 3;

    private static readonly TimeSpan BetweenRuns = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AfterARefusal = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private long upTo;
    private int strikes;

    /// <summary>Before the oldest event is tried again.</summary>
    public TimeSpan Pause { get; private set; } = BetweenRuns;

    /// <summary>How many may be under way together with event <paramref name="seq"/>.</summary>
    public int WindowOf(long seq, int window) => seq <= upTo ? 1 : window;

    /// <summary>
    /// The broker refused one of those under way, of which <paramref name="newest"/> is the last: what is behind it would arrive
    /// again with each attempt.
    /// </summary>
    /// <param name="newest">The last of those under way.</param>
    /// <param name="copies">It was alone, and other queues may get it with each attempt: it is tried less and less.</param>
    public void Refused(long newest, bool copies)
    {
        upTo = Math.Max(upTo, newest);
        Pause = copies && Pause >= AfterARefusal ? TimeSpan.FromTicks(Math.Min(2 * Pause.Ticks, LongestPause.Ticks)) : AfterARefusal;
    }

    /// <summary>One of those under way, of which <paramref name="newest"/> is the last, ended the channel.</summary>
    /// <returns>True when it was the only one, for the third time in a row.</returns>
    public bool Strike(long newest, int underWay)
    {
        upTo = Math.Max(upTo, newest);
        return underWay == 1 && ++strikes == MostStrikes;
    }

    /// <summary>The oldest event has got its verdict: the next begins anew.</summary>
    public void Passed()
    {
        strikes = 0;
        Pause = BetweenRuns;
    }
}
