using System.Text.Json;
using Microsoft.Data.Sqlite;
using RabbitDemo.Messaging;

namespace RabbitDemo.Producer.Outbox;

/// <param name="Seq">Its place in the order of acceptance.</param>
/// <param name="Event">What is to be published.</param>
internal sealed record OutboxEvent(long Seq, PreparedEvent Event)
{
    /// <summary>As <see cref="Of"/> reads them, after a number of the row's own.</summary>
    public const string Columns = "message_id, exchange, routing_key, headers, tipo, body, accepted_at";

    public static OutboxEvent Of(SqliteDataReader row) => new(row.GetInt64(0), new(
        row.GetString(1), row.GetString(2), row.GetString(3),
        JsonSerializer.Deserialize(row.GetString(4), ProducerJson.Default.DictionaryStringString) ?? [],
        row.GetString(5), row.GetFieldValue<byte[]>(6), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(7))));

    public static string HeadersOf(PreparedEvent evento) =>
        JsonSerializer.Serialize(new Dictionary<string, string>(evento.Headers), ProducerJson.Default.DictionaryStringString);
}

/// <summary>An event that waits for an operator, because nothing would get it.</summary>
internal sealed record ParkedEvent(OutboxEvent Event, DateTimeOffset ParkedAt, string Reason);

/// <param name="Seq">The event's.</param>
/// <param name="Reason">Why it cannot be published, for people.</param>
internal readonly record struct Unroutable(long Seq, string Reason);
