namespace RabbitDemo.Consumer.Store;

/// <summary>
/// Removes dead letters that were settled long ago, on a walk through all letters by their key. They are looked at beside the writer,
/// and so few at a time because each may have a large body.
/// </summary>
internal sealed class OldLetters(MessageStore store)
{
    private const int Read = 200;

    private long walkedTo;

    /// <summary>The next letters of the walk; after the last it begins anew.</summary>
    /// <returns>False at the end.</returns>
    public async Task<bool> RemoveNextAsync(long settledBefore, CancellationToken cancellationToken)
    {
        var (read, due) = await store.ReadAsync(session => DueAsync(session, settledBefore, cancellationToken), cancellationToken);
        if (due.Count > 0)
        {
            await store.WriteAsync(
                async transaction => (await transaction.Session.ExecuteEachAsync(
                    "DELETE FROM dead_letters WHERE id = $1 AND state IN ('redriven', 'deleted', 'stored')", due, transaction.Token)).Length,
                cancellationToken);
        }

        if (read < Read)
        {
            walkedTo = 0;
        }

        return read == Read;
    }

    private async Task<(int Read, List<object?[]> Due)> DueAsync(StoreSession session, long settledBefore, CancellationToken cancellationToken)
    {
        await using var reader = await session.QueryAsync(
            "SELECT id, state, settled_at FROM dead_letters WHERE id > $1 ORDER BY id LIMIT $2", [walkedTo, Read], cancellationToken);
        var read = 0;
        var due = new List<object?[]>();
        while (await reader.ReadAsync(cancellationToken))
        {
            read++;
            walkedTo = reader.GetInt64(0);
            if (reader.GetString(1) != DeadLetterState.Dead && reader.GetInt64(2) < settledBefore)
            {
                due.Add([walkedTo]);
            }
        }

        return (read, due);
    }
}
