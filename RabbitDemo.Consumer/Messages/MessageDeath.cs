using RabbitDemo.Consumer.Store;

namespace RabbitDemo.Consumer.Messages;

/// <summary>A dead letter of a message: one line of its history. Its body is at <c>GET /dead-letters/{id}</c>.</summary>
internal sealed record MessageDeath
{
    public required long Id { get; init; }

    public required string Reason { get; init; }

    public required string? Error { get; init; }

    /// <summary>By the sender's clock, in whole seconds; null when it did not say.</summary>
    public required DateTimeOffset? PublishedAt { get; init; }

    public required DateTimeOffset DiedAt { get; init; }

    /// <summary>Since it was first received or last redriven.</summary>
    public required int Attempts { get; init; }

    /// <summary><c>dead</c>; <c>redriven</c>; <c>deleted</c> by an operator; <c>stored</c>, when another copy made it after all.</summary>
    public required string State { get; init; }

    /// <summary>When it ceased to be dead.</summary>
    public required DateTimeOffset? SettledAt { get; init; }

    /// <summary>How often the message had been redriven when it died.</summary>
    public required int Redrive { get; init; }

    public required string Exchange { get; init; }

    public required string RoutingKey { get; init; }

    public required string? TraceId { get; init; }

    public static async Task<List<MessageDeath>> FindAsync(StoreSession session, Identity identity, CancellationToken cancellationToken)
    {
        await using var reader = await session.QueryAsync(
            """
            SELECT id, reason, error, died_at, attempts, state, settled_at, redrive, exchange, routing_key, trace_id, published_at FROM dead_letters
            WHERE queue = $1 AND message_id = $2 ORDER BY id
            """,
            [identity.Queue, identity.MessageId],
            cancellationToken);
        var deaths = new List<MessageDeath>();
        while (await reader.ReadAsync(cancellationToken))
        {
            deaths.Add(new()
            {
                Id = reader.GetInt64(0),
                Reason = reader.GetString(1),
                Error = reader.IsDBNull(2) ? null : reader.GetString(2),
                PublishedAt = StoredText.TimeOrNull(reader.GetInt64(11)),
                DiedAt = StoredText.Time(reader.GetInt64(3)),
                Attempts = reader.GetInt32(4),
                State = reader.GetString(5),
                SettledAt = StoredText.TimeOrNull(reader.GetInt64(6)),
                Redrive = reader.GetInt32(7),
                Exchange = reader.GetString(8),
                RoutingKey = reader.GetString(9),
                TraceId = reader.IsDBNull(10) ? null : reader.GetString(10)
            });
        }

        return deaths;
    }
}
