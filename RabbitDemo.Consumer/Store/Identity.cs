using System.Data.Common;
using RabbitDemo.Messaging;

namespace RabbitDemo.Consumer.Store;

/// <summary>Where the message of an id is, as the store knows it. The numbers are the database's: never change one.</summary>
internal enum Place
{
    /// <summary>Attempted, and neither stored nor dead: in the queue, in a retry queue, or being handled.</summary>
    Waiting = 0,
    Stored = 1,
    Dead = 2,

    /// <summary>Dead, and deleted by an operator.</summary>
    Discarded = 3
}

internal static class Places
{
    /// <summary>As it is shown.</summary>
    public static string Name(this Place place) => place switch
    {
        Place.Stored => "stored",
        Place.Dead => "dead",
        Place.Discarded => "discarded",
        _ => "waiting"
    };
}

/// <summary>What the store remembers of a (queue, message id), longer than of the event itself.</summary>
internal sealed record Identity(string Queue, string MessageId)
{
    public const string FindSql = """
        SELECT place, fingerprint, cursor, failed, unfinished, past, redrives, changed_at, queue, message_id
        FROM ids WHERE queue = $1 AND message_id = $2
        """;

    private const string SaveSql = """
        INSERT INTO ids (queue, message_id, place, fingerprint, cursor, failed, unfinished, past, redrives, changed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (queue, message_id) DO UPDATE SET
            place = excluded.place, fingerprint = excluded.fingerprint, cursor = excluded.cursor, failed = excluded.failed,
            unfinished = excluded.unfinished, past = excluded.past, redrives = excluded.redrives, changed_at = excluded.changed_at
        """;

    /// <summary>Stands for a body that is no event: unlike that of any event.</summary>
    public static readonly byte[] NoEvent = [0];

    public Place Place { get; init; }

    /// <summary>Of the event that is stored, dead or attempted: what the id stands for. Empty when not known.</summary>
    public byte[] Fingerprint { get; init; } = [];

    /// <summary>Of the stored event; 0 if none.</summary>
    public long Cursor { get; init; }

    /// <summary>Failed attempts since the message was first received or last redriven.</summary>
    public int Failed { get; init; }

    /// <summary>Attempts without an end, since the same.</summary>
    public int Unfinished { get; init; }

    /// <summary>Attempts before the last redrive.</summary>
    public int Past { get; init; }

    public int Redrives { get; init; }

    public long ChangedAt { get; init; }

    public static async Task<Identity?> FindAsync(StoreSession session, string queue, string messageId, CancellationToken cancellationToken)
    {
        await using var reader = await session.QueryAsync(FindSql, [queue, messageId], cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
    }

    /// <summary>The id in each queue that knows it. There are few queues, and an index by id alone would cost every write.</summary>
    public static async Task<List<Identity>> FindAllAsync(StoreSession session, string messageId, CancellationToken cancellationToken)
    {
        var found = new List<Identity>();
        var id = StoredText.Clean(messageId);
        foreach (var queue in await Books.QueuesAsync(session, cancellationToken))
        {
            if (await FindAsync(session, queue, id, cancellationToken) is { } identity)
            {
                found.Add(identity);
            }
        }

        return found;
    }

    public static Identity Read(DbDataReader row) => new(row.GetString(8), row.GetString(9))
    {
        Place = (Place)row.GetInt32(0),
        Fingerprint = row.GetFieldValue<byte[]>(1),
        Cursor = row.GetInt64(2),
        Failed = row.GetInt32(3),
        Unfinished = row.GetInt32(4),
        Past = row.GetInt32(5),
        Redrives = row.GetInt32(6),
        ChangedAt = row.GetInt64(7)
    };

    /// <summary>Writes it over <paramref name="before"/>, and enters the move in the books.</summary>
    public async Task SaveAsync(StoreTransaction transaction, Identity? before)
    {
        await transaction.Session.ExecuteAsync(
            SaveSql,
            [Queue, MessageId, (int)Place, Fingerprint, Cursor, Failed, Unfinished, Past, Redrives, ChangedAt],
            transaction.Token);
        transaction.Books.Move(Queue, before?.Place, Place);
    }

    /// <summary>
    /// What a delivery of this id is, given what is remembered; null when nothing is. An id stands for the event that was first
    /// attempted under it, from then on: while that waits for a retry too.
    /// </summary>
    public static SightingKind Judge(Identity? known, Delivery delivery) => known switch
    {
        null or { Place: Place.Waiting, Fingerprint.Length: <= 1 } => SightingKind.Fresh,
        { Place: Place.Dead or Place.Discarded, Fingerprint.Length: 1 } when delivery.Redrive > known.Redrives => SightingKind.Fresh,
        { Fingerprint.Length: > 0 } when !known.Fingerprint.AsSpan().SequenceEqual(StoredText.Fingerprint(delivery.Fingerprint)) => SightingKind.Conflict,
        { Place: Place.Waiting } => SightingKind.Fresh,
        { Place: Place.Dead or Place.Discarded } when delivery.Redrive > known.Redrives => SightingKind.Fresh,
        _ => SightingKind.Settled
    };

    /// <summary>The attempts begin again after a redrive, and those before it are kept as a number.</summary>
    public Identity Redriven(int redrive) => redrive <= Redrives
        ? this
        : this with { Place = Place.Waiting, Past = Past + Failed + Unfinished, Failed = 0, Unfinished = 0, Redrives = redrive };
}
