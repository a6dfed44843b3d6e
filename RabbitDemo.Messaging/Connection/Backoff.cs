namespace RabbitDemo.Messaging;

/// <summary>Exponential waits with full jitter above a floor, so that many services do not return at the same moment.</summary>
internal sealed class Backoff(TimeSpan max, Random random)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private int attempts;

    public void Reset() => attempts = 0;

    public TimeSpan Next()
    {
        var ceiling = TimeSpan.FromTicks(Math.Min(max.Ticks, First.Ticks << Math.Min(attempts++, 20)));
        return ceiling * (0.5 + (random.NextDouble() / 2));
    }
}
