using System.Globalization;
using System.Security.Cryptography;
using RabbitDemo.Messaging;

namespace RabbitDemo.Consumer.Store;

/// <summary>What becomes of a dead letter, as it is written and shown.</summary>
internal static class DeadLetterState
{
    public const string Dead = "dead";

    /// <summary>Published to its queue again.</summary>
    public const string Redriven = "redriven";

    /// <summary>Deleted by an operator.</summary>
    public const string Deleted = "deleted";

    /// <summary>Another copy of the message was stored.</summary>
    public const string Stored = "stored";
}

/// <summary>
/// Writes dead letters. A letter is normally the place of its id. One whose body is not the one that the id stands for (a conflict,
/// or a body that is no event) is kept alone, beside whatever the id's place is.
/// </summary>
internal static class Burials
{
    public static async Task<bool> BuryAsync(StoreTransaction transaction, DeadLetter letter)
    {
        var known = await Identity.FindAsync(transaction.Session, letter.Queue, letter.MessageId, transaction.Token);
        if (letter.Reason == DeathReasons.IdConflict)
        {
            return await BuryAloneAsync(transaction, letter);
        }

        var fingerprint = FingerprintOf(letter);
        if (known is { Fingerprint.Length: > 0 } && !await IsSameAsync(transaction, known, fingerprint, letter))
        {
            // Both were being handled when the id was taken, or this one was never handled at all.
            return await BuryAloneAsync(transaction, letter.Reason is DeathReasons.Unreadable or DeathReasons.TooLarge ? letter : letter with
            {
                Reason = DeathReasons.IdConflict,
                Error = $"Another body is known under this message id; this one was dead as {letter.Reason}."
            });
        }

        if (IsOvertaken(letter, known))
        {
            return false;
        }

        if (known is not null && letter.Redrive > known.Redrives)
        {
            await SettleAsync(transaction, letter.Queue, letter.MessageId, letter.Redrive, DeadLetterState.Redriven, letter.DiedAt);
        }

        var waiting = (known ?? new Identity(letter.Queue, letter.MessageId)).Redriven(letter.Redrive);
        var dead = waiting with
        {
            Place = Place.Dead,
            Fingerprint = fingerprint,
            ChangedAt = StoredText.Micros(letter.DiedAt)
        };
        await dead.SaveAsync(transaction, known);
        await InsertAsync(transaction, letter, alone: false, Math.Max(letter.Attempts, dead.Failed + dead.Unfinished), dead.Past);
        return true;
    }

    /// <summary>Another copy of the message is stored, is dead already, or was redriven since and is on its way: that one decides.</summary>
    private static bool IsOvertaken(DeadLetter letter, Identity? known) => known switch
    {
        null => false,
        { Place: Place.Stored } => true,
        { Place: Place.Waiting } => letter.Redrive < known.Redrives,
        _ => letter.Redrive <= known.Redrives
    };

    /// <summary>Marks the letters that are the place of this id and were not redriven as often as <paramref name="redrive"/>.</summary>
    public static Task SettleAsync(
        StoreTransaction transaction, string queue, string messageId, int redrive, string state, DateTimeOffset at) =>
        transaction.Session.ExecuteAsync(
            """
            UPDATE dead_letters SET state = $4, settled_at = $5
            WHERE queue = $1 AND message_id = $2 AND redrive < $3 AND state = 'dead' AND alone = 0
            """,
            [queue, messageId, redrive, state, StoredText.Micros(at)],
            transaction.Token);

    public static Task SettleAsync(StoreTransaction transaction, Delivery delivery, string state, DateTimeOffset at) =>
        SettleAsync(
            transaction, delivery.Queue, delivery.MessageId, state == DeadLetterState.Stored ? int.MaxValue : delivery.Redrive, state, at);

    /// <summary>Of its own body: the broker can dead-letter what was never attempted here.</summary>
    private static byte[] FingerprintOf(DeadLetter letter) =>
        letter.Reason != DeathReasons.Unreadable && EventoJson.Read(letter.Body, out _) is { } evento
            ? StoredText.Fingerprint(EventFingerprint.Of(evento))
            : Identity.NoEvent;

    /// <summary>The letter has the body that the id stands for. Bodies that are no events are compared with those that died under the id.</summary>
    private static async Task<bool> IsSameAsync(StoreTransaction transaction, Identity known, byte[] fingerprint, DeadLetter letter)
    {
        if (known.Fingerprint.Length > 1)
        {
            return known.Fingerprint.AsSpan().SequenceEqual(fingerprint);
        }

        await using var reader = await transaction.Session.QueryAsync(
            "SELECT MAX(CASE WHEN body_hash = $3 THEN 1 ELSE 0 END) FROM dead_letters WHERE queue = $1 AND message_id = $2 AND alone = 0",
            [letter.Queue, letter.MessageId, SHA256.HashData(letter.Body)],
            transaction.Token);
        return !await reader.ReadAsync(transaction.Token) || reader.IsDBNull(0) || reader.GetInt32(0) == 1;
    }

    private static async Task<bool> BuryAloneAsync(StoreTransaction transaction, DeadLetter letter)
    {
        await using (var same = await transaction.Session.QueryAsync(
            "SELECT id FROM dead_letters WHERE queue = $1 AND message_id = $2 AND alone = 1 AND redrive = $3 AND body_hash = $4",
            [letter.Queue, letter.MessageId, letter.Redrive, SHA256.HashData(letter.Body)],
            transaction.Token))
        {
            if (await same.ReadAsync(transaction.Token))
            {
                return false;
            }
        }

        await InsertAsync(transaction, letter, alone: true, letter.Attempts, past: 0);
        transaction.Books.Conflict(letter.Queue);
        return true;
    }

    private static Task<int> InsertAsync(StoreTransaction transaction, DeadLetter letter, bool alone, int attempts, int past)
    {
        var facts = EventFacts.Of(letter);
        return transaction.Session.ExecuteAsync(
            """
            INSERT INTO dead_letters (queue, message_id, alone, state, settled_at, reason, error, died_at, attempts, past, redrive,
                exchange, routing_key, body, body_hash, content_type, trace_parent, headers, event_id, tipo, trace_id, published_at)
            VALUES ($1, $2, $3, 'dead', 0, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, CAST($17 AS BIGINT), $18, $19, $20)
            """,
            [
                letter.Queue,
                letter.MessageId,
                alone ? 1 : 0,
                StoredText.Clean(letter.Reason),
                letter.Error is { } error ? StoredText.Clean(error) : null,
                StoredText.Micros(letter.DiedAt),
                attempts,
                past,
                letter.Redrive,
                StoredText.Clean(letter.Exchange),
                StoredText.Clean(letter.RoutingKey),
                letter.Body,
                SHA256.HashData(letter.Body),
                letter.ContentType is { } type ? StoredText.Clean(type) : null,
                letter.TraceParent is { } parent ? StoredText.Clean(parent) : null,
                LetterHeaders.Write(letter.Headers),
                facts.Id?.ToString(CultureInfo.InvariantCulture),
                facts.Tipo,
                facts.TraceId,
                StoredText.Micros(letter.PublishedAt)
            ],
            transaction.Token);
    }
}
