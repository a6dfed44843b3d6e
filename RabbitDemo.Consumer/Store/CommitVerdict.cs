namespace RabbitDemo.Consumer.Store;

/// <summary>
/// Tells all writes of a transaction how it ended, one after the other on one thread of the pool, while the next transaction is
/// under way: what follows a write is short, and a change of threads for each costs more than the write.
/// </summary>
internal sealed class CommitVerdict(StoreWrite[] writes, Exception? failure) : IThreadPoolWorkItem
{
    /// <param name="writes">Copied: the caller goes on with its list.</param>
    /// <param name="failure">Null when they are committed.</param>
    public static void Tell(IEnumerable<StoreWrite> writes, Exception? failure) =>
        ThreadPool.UnsafeQueueUserWorkItem(new CommitVerdict(writes.ToArray(), failure), preferLocal: false);

    public void Execute()
    {
        foreach (var write in writes)
        {
            if (failure is null)
            {
                write.Committed();
            }
            else
            {
                write.Failed(failure);
            }
        }
    }
}
