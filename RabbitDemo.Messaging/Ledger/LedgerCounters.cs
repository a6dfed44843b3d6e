namespace RabbitDemo.Messaging;

/// <summary>
/// What this process has seen since it started. Counters of one process say nothing about the others and are lost with it:
/// no balance rests on them. Thread-safe.
/// </summary>
public sealed class LedgerCounters(TimeProvider clock)
{
    private long attempted, confirmed, returned, refused, unknown;
    private long delivered, redelivered, handled, retried, deadLettered, duplicates;

    public DateTimeOffset Since { get; } = clock.GetUtcNow();

    public PublishCounts Publishes => new(
        Volatile.Read(ref attempted), Volatile.Read(ref confirmed), Volatile.Read(ref returned), Volatile.Read(ref refused), Volatile.Read(ref unknown));

    public DeliveryCounts Deliveries => new(
        Volatile.Read(ref delivered), Volatile.Read(ref redelivered), Volatile.Read(ref handled), Volatile.Read(ref retried),
        Volatile.Read(ref deadLettered), Volatile.Read(ref duplicates));

    internal void Attempted() => Interlocked.Increment(ref attempted);

    internal void Published(PublishStatus status)
    {
        switch (status)
        {
            case PublishStatus.Confirmed:
                Interlocked.Increment(ref confirmed);
                break;
            case PublishStatus.Returned:
                Interlocked.Increment(ref returned);
                break;
            case PublishStatus.Refused:
                Interlocked.Increment(ref refused);
                break;
            default:
                Interlocked.Increment(ref unknown);
                break;
        }
    }

    internal void Delivered(bool again)
    {
        Interlocked.Increment(ref delivered);
        if (again)
        {
            Interlocked.Increment(ref redelivered);
        }
    }

    internal void Handled() => Interlocked.Increment(ref handled);

    internal void Retried() => Interlocked.Increment(ref retried);

    internal void DeadLettered() => Interlocked.Increment(ref deadLettered);

    internal void Duplicate() => Interlocked.Increment(ref duplicates);
}

/// <summary>Publishes of this process: each attempt ends in one of the other four, or is under way.</summary>
public sealed record PublishCounts(long Attempted, long Confirmed, long Returned, long Refused, long Unknown);

/// <summary>Deliveries to this process; redelivered ones are counted as delivered too.</summary>
public sealed record DeliveryCounts(long Delivered, long Redelivered, long Handled, long Retried, long DeadLettered, long Duplicates);
