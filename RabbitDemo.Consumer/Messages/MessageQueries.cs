using RabbitDemo.Consumer.Store;

namespace RabbitDemo.Consumer.Messages;

/// <summary>Which events are asked for.</summary>
/// <param name="Tipo">Of this kind only; null for all.</param>
/// <param name="Queue">From this queue only; null for all.</param>
internal sealed record MessageFilter(string? Tipo, string? Queue);

/// <summary>Reads stored events, in the order in which they were stored.</summary>
internal sealed class MessageQueries(MessageStore store)
{
    /// <summary>A page ends when its payloads are larger than this together, so that large ones do not fill the memory.</summary>
    private const int PageBytes = 4 * 1024 * 1024;

    /// <summary>
    /// The first after a cursor, or without one the newest, at most <paramref name="limit"/>. An event that is committed later has a
    /// higher cursor than any that was ever returned: who goes on from the last one misses nothing.
    /// </summary>
    public Task<MessagePage> PageAsync(MessageFilter filter, long? after, int limit, CancellationToken cancellationToken) =>
        store.ReadAsync(
            async session =>
            {
                var where = new Where();
                where.Add("cursor > ", after);
                where.Add("tipo = ", filter.Tipo);

                // Beside a kind, the queue's own index is the wrong one to walk: an expression keeps both databases from it.
                where.Add(filter.Tipo is null ? "queue = " : "queue || '' = ", filter.Queue);
                var order = after is null ? "DESC" : "ASC";

                // Both databases know the length of a text without reading it: what is beyond the page's bytes is never read.
                await using var reader = await session.QueryAsync(
                    $"""
                    SELECT {StoredMessage.Columns}, total FROM (
                        SELECT cursor, bytes, SUM(bytes) OVER (ORDER BY cursor {order}) AS total FROM (
                            SELECT cursor, OCTET_LENGTH(payload) AS bytes FROM events {where} ORDER BY cursor {order} LIMIT {where.Value(limit)}) AS measured
                        ) AS summed
                    JOIN events USING (cursor) WHERE total - bytes < {PageBytes} ORDER BY cursor {order}
                    """,
                    where.Values,
                    cancellationToken);
                var (page, bytes) = (new List<StoredMessage>(), 0L);
                while (await reader.ReadAsync(cancellationToken))
                {
                    page.Add(StoredMessage.Read(reader));
                    bytes = reader.GetInt64(reader.FieldCount - 1);
                }

                if (after is null)
                {
                    page.Reverse();
                }

                return new MessagePage(page, IsFull: page.Count == limit || bytes >= PageBytes);
            },
            cancellationToken);

    /// <summary>The id in each queue that knows it.</summary>
    public Task<List<Identity>> PlacesAsync(string messageId, CancellationToken cancellationToken) => store.ReadAsync(
        session => Identity.FindAllAsync(session, messageId, cancellationToken), cancellationToken);

    /// <summary>The cursor of the newest event; 0 when there never was one.</summary>
    public Task<long> NewestAsync(CancellationToken cancellationToken) => store.ReadAsync(
        async session =>
        {
            await using var reader = await session.QueryAsync("SELECT COALESCE(MAX(cursor), 0) FROM events", [], cancellationToken);
            await reader.ReadAsync(cancellationToken);
            return reader.GetInt64(0);
        },
        cancellationToken);
}
