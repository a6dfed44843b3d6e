using Microsoft.Data.Sqlite;

namespace RabbitDemo.Producer.Outbox;

/// <summary>Reads an outbox's file beside its writer, and sees what is committed. Thread-safe.</summary>
internal sealed class OutboxReader(string file) : IDisposable
{
    /// <summary>A page of events ends when their bodies are larger than this together, so that large ones do not fill the memory.</summary>
    private const int PageBytes = 4 * 1024 * 1024;

    private readonly Lock gate = new();
    private OutboxSession? session;

    /// <summary>Why the events could not be read last; null when they could.</summary>
    public string? Trouble { get; private set; }

    /// <summary>
    /// Events after <paramref name="seq"/> in the order of acceptance, at most <paramref name="limit"/>: all that comes before one that
    /// cannot be read.
    /// </summary>
    /// <exception cref="OutboxUnavailableException">The file cannot be read, here the first event; so for all of these.</exception>
    public List<OutboxEvent> After(long seq, int limit)
    {
        try
        {
            var page = Read(session => PageAfter(session, seq, limit));
            Trouble = null;
            return page;
        }
        catch (OutboxUnavailableException e)
        {
            Trouble = e.Message;
            throw;
        }
    }

    /// <summary>Parked events in the order of parking; the number of each is its own, not that of an <see cref="OutboxEvent"/>.</summary>
    public List<ParkedEvent> Parked(long after, int limit) => Read(session =>
    {
        using var rows = session.Query($"SELECT id, {OutboxEvent.Columns}, parked_at, reason FROM parked WHERE id > $1 ORDER BY id LIMIT $2", after, limit);
        List<ParkedEvent> page = [];
        for (var bytes = 0; bytes < PageBytes && rows.Read(); bytes += page[^1].Event.Event.Body.Length)
        {
            page.Add(new(OutboxEvent.Of(rows), DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(8)), rows.GetString(9)));
        }

        return page;
    });

    public long NewestParked() => Read(session => session.Number("SELECT max(id) FROM parked"));

    public long[] ParkedIds(long after, long upTo, int limit) => Read(session =>
    {
        using var rows = session.Query("SELECT id FROM parked WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3", after, upTo, limit);
        List<long> ids = [];
        while (rows.Read())
        {
            ids.Add(rows.GetInt64(0));
        }

        return ids.ToArray();
    });

    public OutboxPlace? Find(string messageId) => Read<OutboxPlace?>(session =>
        session.Number("SELECT count(*) FROM events WHERE message_id = $1", messageId) > 0 ? OutboxPlace.Waiting
        : session.Number("SELECT count(*) FROM parked WHERE message_id = $1", messageId) > 0 ? OutboxPlace.Parked
        : null);

    /// <summary>When the event that waits longest was accepted; null when none waits.</summary>
    public DateTimeOffset? Oldest() => Read(session =>
        session.Number("SELECT accepted_at FROM events ORDER BY seq LIMIT 1") is > 0 and var at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : (DateTimeOffset?)null);

    public void Dispose() => session?.Dispose();

    private static List<OutboxEvent> PageAfter(OutboxSession session, long seq, int limit)
    {
        using var rows = session.Query($"SELECT seq, {OutboxEvent.Columns} FROM events WHERE seq > $1 ORDER BY seq LIMIT $2", seq, limit);
        List<OutboxEvent> page = [];
        try
        {
            for (var bytes = 0; bytes < PageBytes && rows.Read(); bytes += page[^1].Event.Body.Length)
            {
                page.Add(OutboxEvent.Of(rows));
            }
        }
        catch (SqliteException) when (page.Count > 0)
        {
            // Whoever reads on learns of it.
        }

        return page;
    }

    private T Read<T>(Func<OutboxSession, T> read)
    {
        lock (gate)
        {
            try
            {
                return read(session ??= new(file));
            }
            catch (SqliteException e)
            {
                session?.Dispose();
                session = null;
                throw new OutboxUnavailableException(e.Message.ReplaceLineEndings(" ").TrimEnd('.'), e);
            }
        }
    }
}
