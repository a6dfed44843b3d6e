using RabbitDemo.Messaging;

namespace RabbitDemo.Consumer.Store;

/// <summary>
/// A handled event, to be stored. Events are written many at a time: first their ids, which the database takes or refuses, then
/// the events of those that it took, then what their handlers have added. Only the others are looked at one by one.
/// </summary>
internal sealed class EventWrite(Delivery delivery, DateTimeOffset processedAt, CancellationToken caller) : StoreWrite(caller)
{
    private const string NewIdSql = """
        INSERT INTO ids (queue, message_id, place, fingerprint, cursor, failed, unfinished, past, redrives, changed_at)
        VALUES ($1, $2, 1, $3, $4, 0, 0, 0, $5, $6)
        ON CONFLICT (queue, message_id) DO NOTHING
        """;

    private const string EventSql = """
        INSERT INTO events (cursor, queue, message_id, id, tipo, payload, exchange, routing_key, published_at, received_at, processed_at,
            attempts, redelivered, trace_id, consumer)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        """;

    private readonly TaskCompletionSource<StoreOutcome> done = new(); // goes on where the verdict is told
    private StoreOutcome outcome;

    /// <summary>Completes after the commit. What awaits it must not keep the thread: others of the same commit come after it.</summary>
    public Task<StoreOutcome> Done => done.Task;

    public bool HasStatements => Statements.Count > 0;

    private IReadOnlyList<StoreStatement> Statements => delivery.Statements;

    public override void Committed() => done.TrySetResult(outcome);

    public override void Failed(Exception reason) => done.TrySetException(reason);

    public override Task ApplyAsync(StoreTransaction transaction) => ApplyAllAsync([this], transaction);

    public static async Task ApplyAllAsync(IReadOnlyList<EventWrite> writes, StoreTransaction transaction)
    {
        var cursors = new long[writes.Count];
        var ids = new object?[writes.Count][];
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = writes[i].NewId(cursors[i] = transaction.NextCursor());
        }

        var taken = await transaction.Session.ExecuteEachAsync(NewIdSql, ids, transaction.Token);
        var events = new List<object?[]>(writes.Count);
        List<StoreStatement>? statements = null;
        for (var i = 0; i < taken.Length; i++)
        {
            var row = taken[i] == 1
                ? writes[i].FirstOfItsId(cursors[i], transaction)
                : await writes[i].AfterOthersAsync(cursors[i], transaction);
            if (row is null)
            {
                continue;
            }

            events.Add(row);
            if (writes[i].HasStatements)
            {
                (statements ??= []).AddRange(writes[i].Statements);
            }
        }

        if (events.Count > 0)
        {
            await transaction.Session.ExecuteEachAsync(EventSql, events, transaction.Token);
        }

        if (statements is not null)
        {
            await transaction.Session.RunAsync(statements, transaction.Token);
        }
    }

    private object?[] NewId(long cursor) =>
    [
        delivery.Queue, delivery.MessageId, StoredText.Fingerprint(delivery.Fingerprint), cursor, delivery.Redrive, StoredText.Micros(processedAt)
    ];

    private object?[] FirstOfItsId(long cursor, StoreTransaction transaction)
    {
        outcome = StoreOutcome.Stored;
        transaction.Books.Move(delivery.Queue, null, Place.Stored);
        return EventRow(cursor, attempts: 1);
    }

    /// <summary>Something is known of this id: earlier attempts, a dead letter, or the stored event itself.</summary>
    private async Task<object?[]?> AfterOthersAsync(long cursor, StoreTransaction transaction)
    {
        var known = await Identity.FindAsync(transaction.Session, delivery.Queue, delivery.MessageId, transaction.Token);
        if (known is { Place: Place.Stored } || Identity.Judge(known, delivery) == SightingKind.Conflict)
        {
            outcome = Identity.Judge(known, delivery) == SightingKind.Conflict ? StoreOutcome.Conflict : StoreOutcome.Duplicate;
            return null;
        }

        outcome = StoreOutcome.Stored;
        var waiting = (known ?? new Identity(delivery.Queue, delivery.MessageId)).Redriven(delivery.Redrive);
        var begun = await Attempts.EndAsStoredAsync(transaction, delivery) ? 1 : 0;
        var stored = waiting with
        {
            Place = Place.Stored,
            Fingerprint = StoredText.Fingerprint(delivery.Fingerprint),
            Cursor = cursor,
            Unfinished = Math.Max(0, waiting.Unfinished - begun),
            ChangedAt = StoredText.Micros(processedAt)
        };
        await stored.SaveAsync(transaction, known);
        await Burials.SettleAsync(
            transaction, delivery, delivery.Redrive > (known?.Redrives ?? 0) ? DeadLetterState.Redriven : DeadLetterState.Stored, processedAt);
        return EventRow(cursor, stored.Past + stored.Failed + stored.Unfinished + 1);
    }

    private object?[] EventRow(long cursor, int attempts) =>
    [
        cursor,
        delivery.Queue,
        delivery.MessageId,
        delivery.Evento.Id,
        delivery.Evento.Tipo,
        delivery.Evento.Payload.GetRawText(),
        StoredText.Clean(delivery.Exchange),
        StoredText.Clean(delivery.RoutingKey),
        StoredText.Micros(delivery.PublishedAt),
        StoredText.Micros(delivery.ReceivedAt),
        StoredText.Micros(processedAt),
        attempts,
        delivery.Redelivered ? 1 : 0,
        delivery.TraceId,
        delivery.Consumer
    ];
}
