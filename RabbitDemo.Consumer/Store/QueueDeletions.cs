namespace RabbitDemo.Consumer.Store;

/// <summary>When someone deleted a queue with whatever was in it.</summary>
internal static class QueueDeletions
{
    /// <summary>
    /// Each replica notices the same deletion by itself, the last perhaps when another has declared the queue again: within this
    /// time they speak of one.
    /// </summary>
    private static readonly TimeSpan SameDeletion = TimeSpan.FromSeconds(5);

    /// <summary>A queue that was gone until now took with it what was routed to it until now, too: another queue may have got its own copy.</summary>
    /// <returns>True when this is news.</returns>
    public static async Task<bool> RecordSeenAsync(StoreTransaction transaction, string queue, DateTimeOffset at)
    {
        var seen = StoredText.Micros(at);
        var isNews = await transaction.Session.ExecuteAsync(
            """
            INSERT INTO queues (queue, present, seen_at) VALUES ($1, 1, $2)
            ON CONFLICT (queue) DO UPDATE SET present = 1, seen_at = excluded.seen_at WHERE queues.present = 0
            """,
            [queue, seen],
            transaction.Token) > 0;
        if (isNews)
        {
            await transaction.Session.ExecuteAsync(
                """
                UPDATE queue_deletions SET last_seen = $2
                WHERE queue = $1 AND last_seen < $2 AND first_seen = (SELECT MAX(first_seen) FROM queue_deletions WHERE queue = $1)
                """,
                [queue, seen],
                transaction.Token);
        }

        return isNews;
    }

    /// <returns>True when this is news.</returns>
    public static async Task<bool> RecordMissingAsync(StoreTransaction transaction, string queue, DateTimeOffset at)
    {
        var noticed = StoredText.Micros(at);
        var deleted = await transaction.Session.ExecuteAsync(
            "UPDATE queues SET present = 0 WHERE queue = $1 AND present = 1 AND seen_at < $2", [queue, noticed], transaction.Token);
        if (deleted == 0)
        {
            return false;
        }

        var same = await transaction.Session.ExecuteAsync(
            """
            UPDATE queue_deletions SET last_seen = CASE WHEN last_seen > $2 THEN last_seen ELSE $2 END
            WHERE queue = $1 AND first_seen BETWEEN $3 AND $4
            """,
            [queue, noticed, StoredText.Micros(at - SameDeletion), StoredText.Micros(at + SameDeletion)],
            transaction.Token);
        if (same == 0)
        {
            await transaction.Session.ExecuteAsync(
                "INSERT INTO queue_deletions (queue, first_seen, last_seen) VALUES ($1, $2, $2)", [queue, noticed], transaction.Token);
        }

        return same == 0;
    }

    public static Task<int> RemoveAsync(MessageStore store, long lastSeenBefore, CancellationToken cancellationToken) => store.WriteAsync(
        transaction => transaction.Session.ExecuteAsync(
            "DELETE FROM queue_deletions WHERE last_seen < $1", [lastSeenBefore], transaction.Token),
        cancellationToken);
}
