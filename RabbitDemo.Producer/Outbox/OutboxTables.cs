using RabbitDemo.Messaging;

namespace RabbitDemo.Producer.Outbox;

/// <summary>What can be written, each inside a transaction; the counts are those of the file once it is committed.</summary>
internal sealed class OutboxTables(OutboxSession session)
{
    private const string Insert = $"INSERT INTO events ({OutboxEvent.Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING seq";

    /// <summary>Events that wait.</summary>
    public long Waiting { get; private set; } = session.Number("SELECT count(*) FROM events");

    public long Parked { get; private set; } = session.Number("SELECT count(*) FROM parked");

    /// <summary>The newest event's place in the order.</summary>
    public long Newest { get; private set; } = session.Number("SELECT seq FROM sqlite_sequence WHERE name = 'events'");

    /// <param name="evento">The event.</param>
    /// <param name="key">Its sender's idempotency key; null when its id was made here and nobody can know it yet.</param>
    /// <param name="capacity">Of the outbox.</param>
    public Acceptance Accept(PreparedEvent evento, IdempotencyKey? key, long capacity)
    {
        if (key is not null && Known(evento.MessageId, key) is { } known)
        {
            return known;
        }

        if (Waiting + Parked >= capacity)
        {
            return Acceptance.Full;
        }

        Add(evento);
        if (key is not null)
        {
            session.Execute("INSERT INTO keys (message_id, route, fingerprint, seq) VALUES ($1, $2, $3, $4)", evento.MessageId, key.Route, key.Fingerprint, Newest);
        }

        return Acceptance.OnDisk;
    }

    public void Add(PreparedEvent evento)
    {
        Newest = session.Number(Insert, evento.MessageId, evento.Exchange, evento.RoutingKey, OutboxEvent.HeadersOf(evento), evento.Tipo,
            evento.Body.ToArray(), evento.AcceptedAt.ToUnixTimeMilliseconds());
        Waiting++;
    }

    public void AddParked(ParkedEvent parked)
    {
        var evento = parked.Event.Event;
        Parked += session.Execute($"INSERT INTO parked ({OutboxEvent.Columns}, parked_at, reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            evento.MessageId, evento.Exchange, evento.RoutingKey, OutboxEvent.HeadersOf(evento), evento.Tipo, evento.Body.ToArray(),
            evento.AcceptedAt.ToUnixTimeMilliseconds(), parked.ParkedAt.ToUnixTimeMilliseconds(), parked.Reason);
    }

    /// <summary>All events up to <paramref name="seq"/> are confirmed but for <paramref name="unroutable"/>, which are parked.</summary>
    public void Settle(long seq, IReadOnlyList<Unroutable> unroutable, DateTimeOffset now)
    {
        foreach (var (stuck, reason) in unroutable)
        {
            Parked += session.Execute(
                $"INSERT INTO parked ({OutboxEvent.Columns}, parked_at, reason) SELECT {OutboxEvent.Columns}, $2, $3 FROM events WHERE seq = $1",
                stuck, now.ToUnixTimeMilliseconds(), reason);
        }

        Waiting -= session.Execute("DELETE FROM events WHERE seq <= $1", seq);
    }

    /// <summary>The oldest event is confirmed, if it is one of those up to <paramref name="seq"/>; false when there is none.</summary>
    public bool SettleOldest(long seq)
    {
        var deleted = session.Execute("DELETE FROM events WHERE seq = (SELECT seq FROM events ORDER BY seq LIMIT 1) AND seq <= $1", seq);
        Waiting -= deleted;
        return deleted > 0;
    }

    /// <summary>Puts a parked event behind all that waits; false when it is parked no more.</summary>
    public bool Retry(long id)
    {
        var moved = session.Execute($"INSERT INTO events ({OutboxEvent.Columns}) SELECT {OutboxEvent.Columns} FROM parked WHERE id = $1", id);
        if (moved == 0)
        {
            return false;
        }

        Newest = session.Number("SELECT last_insert_rowid()");
        Waiting++;
        return Unpark(id);
    }

    /// <summary>Gives a parked event up; its key may be used again.</summary>
    public bool Discard(long id)
    {
        session.Execute("DELETE FROM keys WHERE message_id = (SELECT message_id FROM parked WHERE id = $1)", id);
        return Unpark(id);
    }

    /// <summary>It is kept elsewhere.</summary>
    public bool Unpark(long id)
    {
        var deleted = session.Execute("DELETE FROM parked WHERE id = $1", id);
        Parked -= deleted;
        return deleted > 0;
    }

    /// <summary>Changes something, to see whether the disk takes it.</summary>
    public int Probe() => session.Execute("INSERT INTO probe (id, times) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET times = times + 1");

    /// <summary>Whatever is sent under this id is a new event again.</summary>
    public void ForgetKeysOf(string messageId) => session.Execute("DELETE FROM keys WHERE message_id = $1", messageId);

    public void Forget(long keep) => session.Execute("DELETE FROM keys WHERE seq <= $1", Newest - keep);

    private Acceptance? Known(string messageId, IdempotencyKey key)
    {
        using var rows = session.Query("SELECT route, fingerprint FROM keys WHERE message_id = $1", messageId);
        Acceptance? known = null;
        while (rows.Read())
        {
            if (!rows.GetFieldValue<byte[]>(1).AsSpan().SequenceEqual(key.Fingerprint))
            {
                return Acceptance.Conflict;
            }

            if (rows.GetFieldValue<byte[]>(0).AsSpan().SequenceEqual(key.Route))
            {
                known = Acceptance.OnDisk;
            }
        }

        return known;
    }
}
