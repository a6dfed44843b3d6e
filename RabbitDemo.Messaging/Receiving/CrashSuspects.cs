namespace RabbitDemo.Messaging;

/// <summary>
/// Tells which redelivered messages may have ended the process that handled them. A process that dies gives back what it held, at most
/// a prefetch for each replica, and the broker delivers that first. A longer row of redelivered messages comes from the broker's own
/// crash (RabbitMQ 4 marks all that waited in a classic queue then), and to record each of their attempts would cost a commit each.
/// For one thread at a time.
/// </summary>
/// <remarks>
/// One that ends its process in such a long row is not counted that time; then it is among the first that the started process gets, and
/// is. A replica that is in a row of its own meanwhile may get it instead, uncounted again, until that row ends.
/// </remarks>
internal sealed class CrashSuspects
{
    private const int Prefetches = 4;
    private const int AtLeast = 100;

    private long row;

    /// <summary>Of the next delivery, in the order of their arrival.</summary>
    public bool IsNext(bool redelivered, int prefetch)
    {
        row = redelivered ? row + 1 : 0;
        return redelivered && row <= Math.Max(AtLeast, (long)Prefetches * prefetch);
    }
}
