namespace RabbitDemo.Consumer.Store;

/// <summary>
/// A write transaction. There is one at a time among all replicas: it begins by changing the cursor's row (in SQLite it holds the
/// write lock even before), so that what it reads cannot change before it commits, and cursors become visible in their own order.
/// </summary>
internal sealed class StoreTransaction(StoreSession session, CancellationToken token)
{
    private long next;

    public StoreSession Session => session;

    public CancellationToken Token => token;

    public Books Books { get; } = new();

    public async Task BeginAsync(int cursors)
    {
        await session.BeginAsync(token);
        await using var reader = await session.QueryAsync(
            $"UPDATE counters SET value = value + $1 WHERE name = 'cursor' RETURNING value, {session.EndWhenSilent}", [(long)cursors], token);
        await reader.ReadAsync(token);
        next = reader.GetInt64(0) - cursors;
    }

    public long NextCursor() => ++next;

    public async Task CommitAsync()
    {
        await Books.WriteAsync(session, token);
        await session.CommitAsync(token);
    }
}
