using System.Data.Common;
using System.Diagnostics;
using RabbitDemo.Messaging;

namespace RabbitDemo.Consumer.Store;

/// <summary>What a message is looked for by, wherever it is. Null where it is not known: a body that is no event has neither number nor kind.</summary>
/// <param name="Id">The sender's number.</param>
/// <param name="Tipo">The event's kind.</param>
/// <param name="TraceId">32 hexadecimal digits.</param>
internal sealed record EventFacts(long? Id, string? Tipo, string? TraceId)
{
    private static readonly EventFacts None = new(null, null, null);

    /// <summary>Of a dead letter's body and trace context.</summary>
    public static EventFacts Of(DeadLetter letter)
    {
        var evento = EventoJson.Read(letter.Body, out _);
        return new(evento?.Id, evento?.Tipo, TraceIdOf(letter.TraceParent));
    }

    /// <summary>Null for a traceparent that is none.</summary>
    public static string? TraceIdOf(string? traceParent) =>
        ActivityContext.TryParse(traceParent, traceState: null, out var context) ? context.TraceId.ToHexString() : null;

    /// <summary>From the stored event, or else the last attempt or dead letter that says something.</summary>
    public static async Task<EventFacts> FindAsync(StoreSession session, Identity identity, CancellationToken cancellationToken) =>
        (identity.Cursor == 0 ? null : await ReadAsync(session, "SELECT id, tipo, trace_id FROM events WHERE cursor = $1", [identity.Cursor], cancellationToken))
        ?? await ReadAsync(
            session,
            "SELECT event_id, tipo, trace_id FROM attempts WHERE queue = $1 AND message_id = $2 AND tipo IS NOT NULL ORDER BY number DESC LIMIT 1",
            [identity.Queue, identity.MessageId],
            cancellationToken)
        ?? await ReadAsync(
            session,
            "SELECT event_id, tipo, trace_id FROM dead_letters WHERE queue = $1 AND message_id = $2 AND alone = 0 ORDER BY id DESC LIMIT 1",
            [identity.Queue, identity.MessageId],
            cancellationToken)
        ?? None;

    private static async Task<EventFacts?> ReadAsync(StoreSession session, string sql, object?[] values, CancellationToken cancellationToken)
    {
        await using var reader = await session.QueryAsync(sql, values, cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader, first: 0) : null;
    }

    public static EventFacts Read(DbDataReader row, int first) => new(
        row.IsDBNull(first) ? null : row.GetInt64(first),
        row.IsDBNull(first + 1) ? null : row.GetString(first + 1),
        row.IsDBNull(first + 2) ? null : row.GetString(first + 2));
}
