using System.Text.Json.Serialization;
using RabbitDemo.Consumer.Store;

namespace RabbitDemo.Consumer.Ledger;

/// <summary>
/// The books of one queue by message id, from the store's own transactions. Each accepted event that routes to the queue is stored,
/// dead, discarded, or waiting; those that wait without having been attempted yet are known to the broker alone.
/// </summary>
internal sealed record QueueBooks
{
    public required string Queue { get; init; }

    /// <summary>Ever stored, those included that have been removed for their age since.</summary>
    public long Stored { get; init; }

    public long Dead { get; init; }

    /// <summary>Dead, and deleted by an operator.</summary>
    public long Discarded { get; init; }

    /// <summary>Attempted at least once and without an outcome yet.</summary>
    public long Attempted { get; init; }

    /// <summary>Dead letters beside the books: another body under the id of a message that has a place already.</summary>
    public long Conflicts { get; init; }

    /// <summary>Until when the queue was found deleted, with whatever was in it: events accepted before may be lost with it.</summary>
    public IReadOnlyList<DateTimeOffset> DeletedAt { get; init; } = [];

    /// <summary>What the broker holds of it now; null when it cannot be asked.</summary>
    public BrokerCounts? Broker { get; init; }
}

/// <param name="Ready">In the work queue, held by no consumer.</param>
/// <param name="InFlight">Held by the replica that answers; what other replicas hold, nobody but they can say.</param>
/// <param name="InRetry">In its retry queues.</param>
/// <param name="InDead">In its dead-letter queue, not moved into the store yet.</param>
internal sealed record BrokerCounts(long Ready, long InFlight, long InRetry, long InDead)
{
    /// <summary>No other replica reads the queue, so that none holds more of it.</summary>
    [JsonIgnore]
    public bool IsAll { get; init; }

    /// <summary>How many of its messages the broker may have; without a limit when other replicas hold some, which only they could count.</summary>
    [JsonIgnore]
    public long Held => IsAll ? Ready + InFlight + InRetry + InDead : long.MaxValue;
}

/// <summary>Reads the books.</summary>
internal sealed class BooksQueries(MessageStore store)
{
    public Task<List<QueueBooks>> ReadAsync(CancellationToken cancellationToken) => store.ReadAsync(
        async session =>
        {
            var deletions = await DeletionsAsync(session, cancellationToken);
            await using var reader = await session.QueryAsync(
                "SELECT queue, stored, dead, discarded, waiting, conflicts FROM books ORDER BY queue", [], cancellationToken);
            var books = new List<QueueBooks>();
            while (await reader.ReadAsync(cancellationToken))
            {
                books.Add(new QueueBooks
                {
                    Queue = reader.GetString(0),
                    Stored = reader.GetInt64(1),
                    Dead = reader.GetInt64(2),
                    Discarded = reader.GetInt64(3),
                    Attempted = reader.GetInt64(4),
                    Conflicts = reader.GetInt64(5),
                    DeletedAt = [.. deletions[reader.GetString(0)]]
                });
            }

            var silent = deletions.Where(d => books.TrueForAll(b => b.Queue != d.Key));
            books.AddRange(silent.Select(d => new QueueBooks { Queue = d.Key, DeletedAt = [.. d] }));
            return books;
        },
        cancellationToken);

    public static async Task<ILookup<string, DateTimeOffset>> DeletionsAsync(StoreSession session, CancellationToken cancellationToken)
    {
        await using var reader = await session.QueryAsync(
            "SELECT queue, last_seen FROM queue_deletions ORDER BY queue, last_seen", [], cancellationToken);
        var deletions = new List<(string Queue, DateTimeOffset At)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            deletions.Add((reader.GetString(0), StoredText.Time(reader.GetInt64(1))));
        }

        return deletions.ToLookup(d => d.Queue, d => d.At);
    }
}
