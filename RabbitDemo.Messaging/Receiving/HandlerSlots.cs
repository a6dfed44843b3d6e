using System.Diagnostics;

namespace RabbitDemo.Messaging;

/// <summary>
/// How many handlers of a queue may run at a time. Work begins on the client's own thread, which spares a change of threads for each
/// delivery, unless handlers keep a thread to themselves for long: then it begins on another.
/// </summary>
internal sealed class HandlerSlots(int most)
{
    private static readonly TimeSpan Long = TimeSpan.FromMilliseconds(1);

    private int taken;
    private long begun;
    private volatile bool isLong;

    /// <summary>False when all are taken: then one who holds one will see what has come.</summary>
    public bool TryTake()
    {
        var now = Volatile.Read(ref taken);
        while (now < most)
        {
            var seen = Interlocked.CompareExchange(ref taken, now + 1, now);
            if (seen == now)
            {
                return true;
            }

            now = seen;
        }

        return false;
    }

    public void Return() => Interlocked.Decrement(ref taken);

    /// <summary>A handler begins, on the thread that calls.</summary>
    public void Begins() => Volatile.Write(ref begun, Stopwatch.GetTimestamp());

    /// <summary>Runs <paramref name="work"/> until it first waits for something: here, or elsewhere when that took long last time.</summary>
    public void Start(Func<Task> work)
    {
        if (isLong)
        {
            _ = Task.Run(() => Run(work));
        }
        else
        {
            Run(work);
        }
    }

    private void Run(Func<Task> work)
    {
        Begins();
        _ = work();
        isLong = Stopwatch.GetElapsedTime(Volatile.Read(ref begun)) > Long;
    }
}
