namespace RabbitDemo.Messaging;

/// <summary>How many handlers of a queue may run at a time.</summary>
internal sealed class HandlerSlots(int most)
{
    private int taken;

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
}
