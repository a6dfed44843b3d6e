using RabbitDemo.Messaging;

namespace RabbitDemo.Consumer.Store;

/// <summary>
/// The attempts that did not end with the event stored at once. A first attempt that succeeds has no row: the event says it all.
/// An attempt is recognised by the delivery that it was made on (its consumer and time of receipt), so that recording it again
/// after a commit whose outcome was not known counts it once.
/// </summary>
internal static class Attempts
{
    /// <summary>Records that a message that may have ended its process before is about to be handled.</summary>
    public static async Task<Sighting> BeginAsync(StoreTransaction transaction, Delivery delivery)
    {
        var known = await Identity.FindAsync(transaction.Session, delivery.Queue, delivery.MessageId, transaction.Token);
        var kind = Identity.Judge(known, delivery);
        if (kind != SightingKind.Fresh)
        {
            return new Sighting(kind, known?.Failed ?? 0, known?.Unfinished ?? 0);
        }

        var waiting = await WaitingAsync(transaction, delivery, known);
        if (await FindAsync(transaction, delivery) is { Outcome: AttemptOutcome.Unfinished })
        {
            return new Sighting(kind, waiting.Failed, waiting.Unfinished - 1);
        }

        await AddAsync(transaction, delivery, AttemptOutcome.Unfinished, delivery.ReceivedAt, endedAt: null, error: null);
        await (waiting with { Unfinished = waiting.Unfinished + 1 }).SaveAsync(transaction, known);
        return new Sighting(kind, waiting.Failed, waiting.Unfinished);
    }

    /// <returns>The failed attempts so far, this one included.</returns>
    public static async Task<int> FailAsync(StoreTransaction transaction, Delivery delivery, AttemptFailure failure)
    {
        var known = await Identity.FindAsync(transaction.Session, delivery.Queue, delivery.MessageId, transaction.Token);
        if (Identity.Judge(known, delivery) != SightingKind.Fresh)
        {
            // Another copy was settled meanwhile, or another event has the id: this one is judged when it comes again.
            return (known?.Failed ?? 0) + 1;
        }

        var waiting = await WaitingAsync(transaction, delivery, known);
        var outcome = failure.Reason == DeathReasons.HandlerTimedOut ? AttemptOutcome.TimedOut : AttemptOutcome.Failed;
        switch (await FindAsync(transaction, delivery))
        {
            case { Outcome: AttemptOutcome.Failed or AttemptOutcome.TimedOut }:
                return waiting.Failed;
            case { } begun:
                await EndAsync(transaction, delivery, begun.Number, outcome, failure.StartedAt, failure.EndedAt, failure.Error);
                waiting = waiting with { Unfinished = Math.Max(0, waiting.Unfinished - (begun.Outcome == AttemptOutcome.Unfinished ? 1 : 0)) };
                break;
            case null:
                await AddAsync(transaction, delivery, outcome, failure.StartedAt, failure.EndedAt, failure.Error);
                break;
        }

        await (waiting with { Failed = waiting.Failed + 1 }).SaveAsync(transaction, known);
        return waiting.Failed + 1;
    }

    public static async Task<bool> AbandonAsync(StoreTransaction transaction, Delivery delivery, DateTimeOffset now)
    {
        var known = await Identity.FindAsync(transaction.Session, delivery.Queue, delivery.MessageId, transaction.Token);
        if (known is null || await FindAsync(transaction, delivery) is not { Outcome: AttemptOutcome.Unfinished } begun)
        {
            return false;
        }

        await EndAsync(transaction, delivery, begun.Number, AttemptOutcome.Abandoned, delivery.ReceivedAt, now, error: null);
        await (known with { Unfinished = Math.Max(0, known.Unfinished - 1) }).SaveAsync(transaction, known);
        return true;
    }

    /// <summary>The event's own row tells of the attempt from now on.</summary>
    /// <returns>True when the attempt had been recorded at its beginning and counted as unfinished.</returns>
    public static async Task<bool> EndAsStoredAsync(StoreTransaction transaction, Delivery delivery) =>
        await transaction.Session.ExecuteAsync(
            "DELETE FROM attempts WHERE queue = $1 AND message_id = $2 AND consumer = $3 AND delivered_at = $4 AND outcome = $5",
            [delivery.Queue, delivery.MessageId, delivery.Consumer, StoredText.Micros(delivery.ReceivedAt), AttemptOutcome.Unfinished],
            transaction.Token) > 0;

    /// <summary>The id as waiting for the delivery's redrive; a dead letter that this redrive came from is marked.</summary>
    private static async Task<Identity> WaitingAsync(StoreTransaction transaction, Delivery delivery, Identity? known)
    {
        if (known is not null && delivery.Redrive > known.Redrives)
        {
            await Burials.SettleAsync(transaction, delivery, DeadLetterState.Redriven, delivery.ReceivedAt);
        }

        return (known ?? new Identity(delivery.Queue, delivery.MessageId)).Redriven(delivery.Redrive) with
        {
            Fingerprint = StoredText.Fingerprint(delivery.Fingerprint),
            ChangedAt = StoredText.Micros(delivery.ReceivedAt)
        };
    }

    private static async Task<(int Number, string Outcome)?> FindAsync(StoreTransaction transaction, Delivery delivery)
    {
        await using var reader = await transaction.Session.QueryAsync(
            "SELECT number, outcome FROM attempts WHERE queue = $1 AND message_id = $2 AND consumer = $3 AND delivered_at = $4",
            [delivery.Queue, delivery.MessageId, delivery.Consumer, StoredText.Micros(delivery.ReceivedAt)],
            transaction.Token);
        return await reader.ReadAsync(transaction.Token) ? (reader.GetInt32(0), reader.GetString(1)) : null;
    }

    private static Task<int> AddAsync(
        StoreTransaction transaction, Delivery delivery, string outcome, DateTimeOffset startedAt, DateTimeOffset? endedAt, string? error) =>
        transaction.Session.ExecuteAsync(
            """
            INSERT INTO attempts (queue, message_id, number, delivered_at, started_at, ended_at, outcome, error, consumer, event_id, tipo, trace_id)
            SELECT $1, $2, COALESCE(MAX(number), 0) + 1, $3, $4, $5, $6, $7, $8, $9, $10, $11 FROM attempts WHERE queue = $1 AND message_id = $2
            """,
            [
                delivery.Queue, delivery.MessageId, StoredText.Micros(delivery.ReceivedAt), StoredText.Micros(startedAt),
                StoredText.Micros(endedAt), outcome, error is null ? null : StoredText.Clean(error), delivery.Consumer,
                delivery.Evento.Id, delivery.Evento.Tipo, delivery.TraceId
            ],
            transaction.Token);

    private static Task<int> EndAsync(
        StoreTransaction transaction, Delivery delivery, int number, string outcome, DateTimeOffset startedAt, DateTimeOffset endedAt, string? error) =>
        transaction.Session.ExecuteAsync(
            """
            UPDATE attempts SET outcome = $4, started_at = $5, ended_at = $6, error = $7
            WHERE queue = $1 AND message_id = $2 AND number = $3
            """,
            [
                delivery.Queue, delivery.MessageId, number, outcome, StoredText.Micros(startedAt), StoredText.Micros(endedAt),
                error is null ? null : StoredText.Clean(error)
            ],
            transaction.Token);
}

/// <summary>How an attempt ended, as it is written and shown.</summary>
internal static class AttemptOutcome
{
    /// <summary>Begun on a copy that may have ended its process before, and no end is known: it runs still, or its process died.</summary>
    public const string Unfinished = "unfinished";

    public const string Failed = "failed";

    public const string TimedOut = "timed-out";

    /// <summary>Interrupted from outside (shutdown, lost connection): not counted.</summary>
    public const string Abandoned = "abandoned";

    public const string Stored = "stored";
}
