namespace RabbitDemo.Messaging;

/// <summary>
/// Which thread calls a queue's handler: that of whoever has the delivery, which spares a change of threads for each, unless a handler
/// has just kept a thread to itself for long. Then it is one of the pool's, which nobody waits for beyond the time limit. The same on
/// every session.
/// </summary>
internal sealed class HandlerThread
{
    private static readonly TimeSpan Long = TimeSpan.FromMilliseconds(1);

    private volatile bool keptLong = true; // until a call has shown otherwise
    private volatile bool blocked;

    public bool IsPools => blocked || keptLong;

    /// <summary>How long a call took to return its task.</summary>
    public void Kept(TimeSpan time) => keptLong = time > Long;

    /// <summary>A call did not return within its time limit on a thread that others wait for: from now on it is the pool's.</summary>
    public void Blocks() => blocked = true;
}
