namespace RabbitDemo.Consumer.Store;

/// <summary>
/// Removes events, the oldest first. What is due is named by a time or a cursor and not by a number, so that replicas which do it at
/// once do together what one would have done. Their ids and the books stay.
/// </summary>
internal sealed class OldEvents(MessageStore store)
{
    private const int Together = 500;
    private const long Stride = 100_000;

    /// <returns>True when there may be more of them.</returns>
    public async Task<bool> RemoveAsync(long storedBefore, long upTo, CancellationToken cancellationToken) => await store.WriteAsync(
        transaction => transaction.Session.ExecuteAsync(
            """
            DELETE FROM events WHERE processed_at < $1
            AND cursor IN (SELECT cursor FROM events WHERE cursor <= $2 ORDER BY cursor LIMIT $3)
            """,
            [storedBefore, upTo, Together],
            transaction.Token),
        cancellationToken) == Together;

    /// <summary>
    /// The newest event that is too many when <paramref name="keep"/> are kept; null when none is. Counts down the key beside the
    /// writer, in strides, so that no statement is long however many are kept.
    /// </summary>
    public Task<long?> NewestBeyondAsync(long keep, CancellationToken cancellationToken) => store.ReadAsync(
        async session =>
        {
            var oldest = await CursorAsync(session, "SELECT MIN(cursor) FROM events", [], cancellationToken);
            var at = await CursorAsync(session, "SELECT MAX(cursor) FROM events", [], cancellationToken);
            for (var left = keep; left > 0; left -= Stride)
            {
                // So few are left at most, cursors being whole numbers: this spares the walk where less is stored than is kept.
                if (at is null || at - oldest < left)
                {
                    return null;
                }

                at = await CursorAsync(
                    session,
                    "SELECT cursor FROM events WHERE cursor <= $1 ORDER BY cursor DESC LIMIT 1 OFFSET $2",
                    [at, Math.Min(left, Stride)],
                    cancellationToken);
            }

            return at;
        },
        cancellationToken);

    private static async Task<long?> CursorAsync(StoreSession session, string sql, object?[] values, CancellationToken cancellationToken)
    {
        await using var reader = await session.QueryAsync(sql, values, cancellationToken);
        return await reader.ReadAsync(cancellationToken) && !reader.IsDBNull(0) ? reader.GetInt64(0) : null;
    }
}
