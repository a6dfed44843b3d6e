using RabbitDemo.Consumer.Store;
using RabbitDemo.Messaging;

namespace RabbitDemo.Consumer.DeadLetters;

/// <summary>Which dead letters are meant; null for any.</summary>
internal sealed record DeadLetterFilter(string? Queue, string? Reason, string? State = null, string? MessageId = null);

/// <summary>Lists the service's dead letters and changes what becomes of them.</summary>
internal sealed class DeadLetterBox(MessageStore store, TimeProvider clock)
{
    /// <summary>Letters are indexed by queue and id, and the queues are few.</summary>
    public const string OfMessage = "queue IN (SELECT queue FROM books) AND message_id = ";

    /// <summary>In the order in which they came: the first after an id, or without one the newest.</summary>
    public Task<List<DeadLetterEntry>> PageAsync(DeadLetterFilter filter, long? after, int limit, CancellationToken cancellationToken) =>
        store.ReadAsync(
            async session =>
            {
                var where = Conditions(filter);
                where.Add("id > ", after);
                var order = after is null ? "DESC" : "ASC";
                await using var reader = await session.QueryAsync(
                    $"""
                    SELECT {DeadLetterEntry.Columns}, CASE WHEN LENGTH(body) <= {where.Value(DeadLetterEntry.ListedBodyBytes)} THEN body END
                    FROM dead_letters {where} ORDER BY id {order} LIMIT {where.Value(limit)}
                    """,
                    where.Values,
                    cancellationToken);
                var page = new List<DeadLetterEntry>();
                while (await reader.ReadAsync(cancellationToken))
                {
                    page.Add(DeadLetterEntry.Read(reader));
                }

                if (after is null)
                {
                    page.Reverse();
                }

                return page;
            },
            cancellationToken);

    public Task<DeadLetterEntry?> FindAsync(long id, CancellationToken cancellationToken) =>
        OneAsync(id, DeadLetterEntry.Read, cancellationToken);

    /// <summary>As it is to be published again, and its state.</summary>
    public Task<DeadLetter?> LetterAsync(long id, CancellationToken cancellationToken) =>
        OneAsync(id, DeadLetterEntry.ReadLetter, cancellationToken);

    /// <summary>The oldest that are dead, after an id.</summary>
    public Task<List<long>> DeadAsync(DeadLetterFilter filter, long after, int limit, CancellationToken cancellationToken) => store.ReadAsync(
        async session =>
        {
            var where = Conditions(filter with { State = DeadLetterState.Dead });
            where.Add("id > ", after);
            await using var reader = await session.QueryAsync(
                $"SELECT id FROM dead_letters {where} ORDER BY id LIMIT {where.Value(limit)}", where.Values, cancellationToken);
            var ids = new List<long>();
            while (await reader.ReadAsync(cancellationToken))
            {
                ids.Add(reader.GetInt64(0));
            }

            return ids;
        },
        cancellationToken);

    /// <summary>After the broker has confirmed the redriven copy: the message waits again.</summary>
    /// <returns>False when the letter was not dead any more.</returns>
    public Task<bool> MarkRedrivenAsync(long id, CancellationToken cancellationToken) => store.WriteAsync(
        transaction => SettleAsync(transaction, id, DeadLetterState.Redriven, identity => identity.Redriven(identity.Redrives + 1)), cancellationToken);

    /// <summary>The operator gives the message up: it is discarded.</summary>
    /// <returns>How many were dead until now.</returns>
    public Task<int> DeleteAsync(IReadOnlyCollection<long> ids, CancellationToken cancellationToken) => store.WriteAsync(
        async transaction =>
        {
            var deleted = 0;
            foreach (var id in ids)
            {
                deleted += await SettleAsync(transaction, id, DeadLetterState.Deleted, identity => identity with { Place = Place.Discarded }) ? 1 : 0;
            }

            return deleted;
        },
        cancellationToken);

    private async Task<bool> SettleAsync(StoreTransaction transaction, long id, string state, Func<Identity, Identity> move)
    {
        var now = StoredText.Micros(clock.GetUtcNow());
        var settled = await transaction.Session.ExecuteAsync(
            "UPDATE dead_letters SET state = $2, settled_at = $3 WHERE id = $1 AND state = 'dead'", [id, state, now], transaction.Token);
        if (settled == 0)
        {
            return false;
        }

        var identity = await IdentityAsync(transaction, id);
        if (identity is { Place: Place.Dead })
        {
            await (move(identity) with { ChangedAt = now }).SaveAsync(transaction, identity);
        }

        return true;
    }

    /// <summary>The id whose place the letter is.</summary>
    private static async Task<Identity?> IdentityAsync(StoreTransaction transaction, long letter)
    {
        await using var reader = await transaction.Session.QueryAsync(
            """
            SELECT i.place, i.fingerprint, i.cursor, i.failed, i.unfinished, i.past, i.redrives, i.changed_at, i.queue, i.message_id
            FROM ids i JOIN dead_letters d ON d.queue = i.queue AND d.message_id = i.message_id
            WHERE d.id = $1 AND d.alone = 0
            """,
            [letter],
            transaction.Token);
        return await reader.ReadAsync(transaction.Token) ? Identity.Read(reader) : null;
    }

    private Task<T?> OneAsync<T>(long id, Func<System.Data.Common.DbDataReader, T> read, CancellationToken cancellationToken) where T : class =>
        store.ReadAsync(
            async session =>
            {
                await using var reader = await session.QueryAsync(
                    $"SELECT {DeadLetterEntry.Columns}, body FROM dead_letters WHERE id = $1", [id], cancellationToken);
                return await reader.ReadAsync(cancellationToken) ? read(reader) : null;
            },
            cancellationToken);

    private static Where Conditions(DeadLetterFilter filter)
    {
        var where = new Where();
        where.Add("queue = ", filter.Queue);
        where.Add("reason = ", filter.Reason);
        where.Add("state = ", filter.State);
        where.Add(OfMessage, filter.MessageId);
        return where;
    }
}
