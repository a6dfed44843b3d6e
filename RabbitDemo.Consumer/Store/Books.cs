namespace RabbitDemo.Consumer.Store;

/// <summary>
/// The running totals of each queue, changed in the very transactions that move a message, so that they balance at any moment and
/// do not shrink when old rows are removed.
/// </summary>
internal sealed class Books
{
    private readonly Dictionary<string, long[]> changes = [];

    public void Move(string queue, Place? from, Place to)
    {
        if (from != to)
        {
            var change = Of(queue);
            change[(int)to]++;
            if (from is { } left)
            {
                change[(int)left]--;
            }
        }
    }

    /// <summary>A dead letter that is not the place of its id.</summary>
    public void Conflict(string queue) => Of(queue)[4]++;

    /// <summary>An attempted id without an outcome is too old to be remembered.</summary>
    public void Forget(string queue) => Of(queue)[(int)Place.Waiting]--;

    public async Task WriteAsync(StoreSession session, CancellationToken cancellationToken)
    {
        foreach (var (queue, change) in changes)
        {
            await session.ExecuteAsync(
                """
                INSERT INTO books (queue, waiting, stored, dead, discarded, conflicts) VALUES ($1, $2, $3, $4, $5, $6)
                ON CONFLICT (queue) DO UPDATE SET
                    waiting = books.waiting + excluded.waiting, stored = books.stored + excluded.stored, dead = books.dead + excluded.dead,
                    discarded = books.discarded + excluded.discarded, conflicts = books.conflicts + excluded.conflicts
                """,
                [queue, change[0], change[1], change[2], change[3], change[4]],
                cancellationToken);
        }

        changes.Clear();
    }

    /// <summary>Every queue that this service has ever known a message of.</summary>
    public static async Task<List<string>> QueuesAsync(StoreSession session, CancellationToken cancellationToken)
    {
        await using var reader = await session.QueryAsync("SELECT queue FROM books ORDER BY queue", [], cancellationToken);
        var queues = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
        {
            queues.Add(reader.GetString(0));
        }

        return queues;
    }

    private long[] Of(string queue)
    {
        if (!changes.TryGetValue(queue, out var change))
        {
            changes.Add(queue, change = new long[5]);
        }

        return change;
    }
}
