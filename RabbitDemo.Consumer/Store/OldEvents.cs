namespace RabbitDemo.Consumer.Store;

/// <summary>
/// Removes events, the oldest first. What is due is named by a time or a cursor and not by a number, so that replicas which do it at
/// once do together what one would have done. Their ids and the books stay.
/// </summary>
internal sealed class OldEvents(MessageStore store)
{
    private const int Together = 500;

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
    /// The newest event that is too many when <paramref name="keep"/> are kept; null when none is. Counts in an index, beside the
    /// writer, and walks only through what is too many: in SQLite the events themselves lie along their key.
    /// </summary>
    public Task<long?> NewestBeyondAsync(long keep, CancellationToken cancellationToken) => store.ReadAsync(
        async session =>
        {
            var oldest = await CursorAsync(session, "SELECT MIN(cursor) FROM events", [], cancellationToken);
            var newest = await CursorAsync(session, "SELECT MAX(cursor) FROM events", [], cancellationToken);

            // So few are there at most, cursors being whole numbers.
            return newest is null || newest - oldest < keep
                ? null
                : await CursorAsync(
                    session,
                    """
                    WITH stored AS MATERIALIZED (SELECT COUNT(*) AS number FROM events)
                    SELECT cursor FROM events ORDER BY cursor
                    LIMIT (SELECT CASE WHEN number > $1 THEN 1 ELSE 0 END FROM stored)
                    OFFSET (SELECT CASE WHEN number > $1 THEN number - $1 - 1 ELSE 0 END FROM stored)
                    """,
                    [keep],
                    cancellationToken);
        },
        cancellationToken);

    private static async Task<long?> CursorAsync(StoreSession session, string sql, object?[] values, CancellationToken cancellationToken)
    {
        await using var reader = await session.QueryAsync(sql, values, cancellationToken);
        return await reader.ReadAsync(cancellationToken) && !reader.IsDBNull(0) ? reader.GetInt64(0) : null;
    }
}
