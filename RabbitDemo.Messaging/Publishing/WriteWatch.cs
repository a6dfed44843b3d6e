namespace RabbitDemo.Messaging;

/// <summary>Sees a write that does not come to an end.</summary>
internal sealed class WriteWatch(TimeProvider clock)
{
    /// <summary>
    /// A write waits while earlier ones, some hundred KB, are on their way out. A broker that is slow, or behind with its disk, takes
    /// them within this time; one that is gone is found by the heartbeat long before.
    /// </summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private (PendingPublish? Publish, long Since) seen;

    /// <param name="current">What is being written; null for nothing, or while that may last.</param>
    /// <param name="now">A timestamp of the clock.</param>
    public bool IsStuck(PendingPublish? current, long now)
    {
        if (current is not null && current == seen.Publish)
        {
            return clock.GetElapsedTime(seen.Since, now) >= Longest;
        }

        seen = (current, now);
        return false;
    }
}
