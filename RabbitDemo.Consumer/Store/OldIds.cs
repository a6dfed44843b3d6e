namespace RabbitDemo.Consumer.Store;

/// <summary>
/// Forgets ids that nothing needs any more, on a walk through all ids by their key, which are looked at beside the writer. Going
/// through all of them again and again spares an index that every store would have to keep up.
/// </summary>
internal sealed class OldIds(MessageStore store)
{
    private const int Read = 1000;

    private (string Queue, string MessageId) walkedTo = ("", "");

    /// <summary>The next ids of the walk; after the last it begins anew.</summary>
    /// <returns>False at the end.</returns>
    public async Task<bool> ForgetNextAsync(long before, CancellationToken cancellationToken)
    {
        var (read, due) = await store.ReadAsync(session => DueAsync(session, before, cancellationToken), cancellationToken);
        if (due.Count > 0)
        {
            await store.WriteAsync(transaction => ForgetAsync(transaction, due, before), cancellationToken);
        }

        if (read < Read)
        {
            walkedTo = ("", "");
        }

        return read == Read;
    }

    private async Task<(int Read, List<Identity> Due)> DueAsync(StoreSession session, long before, CancellationToken cancellationToken)
    {
        await using var reader = await session.QueryAsync(
            """
            SELECT place, fingerprint, cursor, failed, unfinished, past, redrives, changed_at, queue, message_id
            FROM ids WHERE (queue, message_id) > ($1, $2) ORDER BY queue, message_id LIMIT $3
            """,
            [walkedTo.Queue, walkedTo.MessageId, Read],
            cancellationToken);
        var read = 0;
        var due = new List<Identity>();
        while (await reader.ReadAsync(cancellationToken))
        {
            read++;
            walkedTo = (reader.GetString(8), reader.GetString(9));
            if (reader.GetInt64(7) < before && (Place)reader.GetInt32(0) != Place.Dead)
            {
                due.Add(Identity.Read(reader));
            }
        }

        return (read, due);
    }

    private static async Task<int> ForgetAsync(StoreTransaction transaction, List<Identity> due, long before)
    {
        var rows = due.ConvertAll(i => new object?[] { i.Queue, i.MessageId, (int)i.Place, before });
        var forgotten = await transaction.Session.ExecuteEachAsync(
            """
            DELETE FROM ids WHERE queue = $1 AND message_id = $2 AND place = $3 AND changed_at < $4
            AND NOT EXISTS (SELECT 1 FROM events WHERE events.cursor = ids.cursor)
            """,
            rows,
            transaction.Token);
        var gone = due.Where((_, i) => forgotten[i] == 1).ToArray();
        await transaction.Session.ExecuteEachAsync(
            "DELETE FROM attempts WHERE queue = $1 AND message_id = $2",
            gone.Select(i => new object?[] { i.Queue, i.MessageId }).ToArray(),
            transaction.Token);
        foreach (var waited in gone.Where(i => i.Place == Place.Waiting))
        {
            transaction.Books.Forget(waited.Queue);
        }

        return gone.Length;
    }
}
