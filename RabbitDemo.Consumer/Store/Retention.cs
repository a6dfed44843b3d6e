namespace RabbitDemo.Consumer.Store;

/// <summary>
/// Removes what is older than the settings keep: events by age and by number, then ids that nothing needs any more. In small
/// writes that take their turn with all others, so that nobody waits for it.
/// </summary>
internal sealed class Retention(MessageStore store, StoreOptions options, TimeProvider clock)
{
    private const int Together = 500;
    private const int IdsRead = 1000;
    private const int IdChunksOfASweep = 50;

    private readonly OldEvents events = new(store);
    private (string Queue, string MessageId) walkedTo = ("", "");

    /// <summary>One sweep: all events that are due, and the next part of the ids.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (options.KeepEventsDays > 0)
        {
            var before = StoredText.Micros(now.AddDays(-options.KeepEventsDays));
            while (await events.RemoveAsync(before, upTo: long.MaxValue, cancellationToken))
            {
            }
        }

        if (options.KeepEvents > 0 && await events.NewestBeyondAsync(options.KeepEvents, cancellationToken) is { } upTo)
        {
            while (await events.RemoveAsync(storedBefore: long.MaxValue, upTo, cancellationToken))
            {
            }
        }

        var forgetBefore = StoredText.Micros(now.AddDays(-options.KeepIdsDays));
        await RemoveSettledLettersAsync(forgetBefore, cancellationToken);
        for (var chunk = 0; chunk < IdChunksOfASweep && await ForgetIdsAsync(forgetBefore, cancellationToken); chunk++)
        {
        }
    }

    private Task<int> RemoveSettledLettersAsync(long before, CancellationToken cancellationToken) => store.WriteAsync(
        async transaction =>
        {
            await transaction.Session.ExecuteAsync("DELETE FROM queue_deletions WHERE last_seen < $1", [before], transaction.Token);
            return await transaction.Session.ExecuteAsync(
                """
                DELETE FROM dead_letters WHERE id IN (
                    SELECT id FROM dead_letters WHERE state IN ('redriven', 'deleted', 'stored') AND settled_at < $1 ORDER BY id LIMIT $2)
                """,
                [before, Together],
                transaction.Token);
        },
        cancellationToken);

    /// <summary>
    /// Looks at the next ids in the order of their key, beside the writer, and forgets those that are due. Going through all of
    /// them again and again spares an index that every store would have to keep up.
    /// </summary>
    /// <returns>False at the end.</returns>
    private async Task<bool> ForgetIdsAsync(long before, CancellationToken cancellationToken)
    {
        var (read, due) = await store.ReadAsync(session => DueAsync(session, before, cancellationToken), cancellationToken);
        if (due.Count > 0)
        {
            await store.WriteAsync(transaction => ForgetAsync(transaction, due, before), cancellationToken);
        }

        if (read < IdsRead)
        {
            walkedTo = ("", "");
        }

        return read == IdsRead;
    }

    private async Task<(int Read, List<Identity> Due)> DueAsync(StoreSession session, long before, CancellationToken cancellationToken)
    {
        await using var reader = await session.QueryAsync(
            """
            SELECT place, fingerprint, cursor, failed, unfinished, past, redrives, changed_at, queue, message_id
            FROM ids WHERE (queue, message_id) > ($1, $2) ORDER BY queue, message_id LIMIT $3
            """,
            [walkedTo.Queue, walkedTo.MessageId, IdsRead],
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
