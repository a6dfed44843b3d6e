using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Serialization;
using RabbitDemo.Consumer.Store;
using RabbitDemo.Messaging;

namespace RabbitDemo.Consumer.Messages;

/// <summary>A stored event: its three members as they were sent, and beside them how it came here.</summary>
internal sealed record StoredMessage
{
    public const string Columns =
        "cursor, queue, message_id, id, tipo, payload, exchange, routing_key, received_at, processed_at, attempts, redelivered, trace_id, consumer, published_at";

    /// <summary>The sender's number.</summary>
    public required long Id { get; init; }

    public required string Tipo { get; init; }

    [JsonConverter(typeof(JsonAsItIs))]
    public required JsonElement Payload { get; init; }

    /// <summary>(queue, messageId) identifies it.</summary>
    public required string MessageId { get; init; }

    public required string Queue { get; init; }

    /// <summary>The exchange that it was first published to; empty for the default exchange.</summary>
    public required string Exchange { get; init; }

    public required string RoutingKey { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    public required DateTimeOffset ProcessedAt { get; init; }

    /// <summary>All of them, those before a redrive too; the one that succeeded is the last.</summary>
    public required int Attempts { get; init; }

    public required bool Redelivered { get; init; }

    public required string? TraceId { get; init; }

    /// <summary>The replica that handled it.</summary>
    public required string Consumer { get; init; }

    /// <summary>Its place in the order of storing: for <c>?after=</c>.</summary>
    public required long Cursor { get; init; }

    public static StoredMessage Read(DbDataReader row) => new()
    {
        Cursor = row.GetInt64(0),
        Queue = row.GetString(1),
        MessageId = row.GetString(2),
        Id = row.GetInt64(3),
        Tipo = row.GetString(4),
        Payload = JsonElement.Parse(row.GetString(5)),
        Exchange = row.GetString(6),
        RoutingKey = row.GetString(7),
        ReceivedAt = StoredText.Time(row.GetInt64(8)),
        ProcessedAt = StoredText.Time(row.GetInt64(9)),
        Attempts = row.GetInt32(10),
        Redelivered = row.GetInt32(11) != 0,
        TraceId = row.IsDBNull(12) ? null : row.GetString(12),
        Consumer = row.GetString(13)
    };
}
