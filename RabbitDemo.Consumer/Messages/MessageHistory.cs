using RabbitDemo.Consumer.Store;

namespace RabbitDemo.Consumer.Messages;

/// <summary>One message id in each queue that brought it here.</summary>
internal sealed record MessageHistory(string MessageId, IReadOnlyList<MessagePlace> Queues);

/// <summary>Where the message of one (queue, id) is, and each attempt to get it there.</summary>
internal sealed record MessagePlace
{
    public required string Queue { get; init; }

    /// <summary><c>waiting</c> (attempted, without an outcome yet), <c>stored</c>, <c>dead</c> or <c>discarded</c>.</summary>
    public required string State { get; init; }

    /// <summary>When it came to that state, or was last attempted.</summary>
    public required DateTimeOffset Since { get; init; }

    public required int Redrives { get; init; }

    /// <summary>The sender's number; null for a body that is no event.</summary>
    public required long? Id { get; init; }

    /// <summary>Its kind; null for a body that is no event.</summary>
    public required string? Tipo { get; init; }

    public required string? TraceId { get; init; }

    /// <summary>The stored event; null when it is not stored, or so old that only its id is remembered.</summary>
    public required StoredMessage? Message { get; init; }

    /// <summary>When the producer published it, to the second, if it said so.</summary>
    public required DateTimeOffset? PublishedAt { get; init; }

    public required IReadOnlyList<MessageAttempt> Attempts { get; init; }

    /// <summary>Every time that it was given up, in that order.</summary>
    public required IReadOnlyList<MessageDeath> DeadLetters { get; init; }
}

/// <param name="Number">From 1, over all redrives.</param>
/// <param name="StartedAt">When the handler was called, or the delivery received.</param>
/// <param name="EndedAt">Null while no end is known.</param>
/// <param name="Outcome"><c>stored</c>, <c>failed</c>, <c>timed-out</c>, <c>abandoned</c> (interrupted, not counted) or <c>unfinished</c> (it runs still, or its process died).</param>
/// <param name="Error">Exception type and message.</param>
/// <param name="Consumer">The replica that made it.</param>
internal sealed record MessageAttempt(int Number, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, string Outcome, string? Error, string Consumer);

/// <summary>Puts a message's history together from what the store keeps.</summary>
internal sealed class MessageHistories(MessageStore store)
{
    /// <summary>Null when no queue of this service knows the id.</summary>
    public Task<MessageHistory?> FindAsync(string messageId, CancellationToken cancellationToken) => store.ReadAsync(
        async session =>
        {
            var places = new List<MessagePlace>();
            foreach (var identity in await Identity.FindAllAsync(session, messageId, cancellationToken))
            {
                places.Add(await PlaceAsync(session, identity, cancellationToken));
            }

            return places.Count == 0 ? null : new MessageHistory(messageId, places);
        },
        cancellationToken);

    private static async Task<MessagePlace> PlaceAsync(StoreSession session, Identity identity, CancellationToken cancellationToken)
    {
        var (message, publishedAt) = await EventAsync(session, identity.Cursor, cancellationToken);
        var attempts = await AttemptsAsync(session, identity, cancellationToken);
        if (message is not null)
        {
            attempts.Add(new MessageAttempt(
                attempts.Count == 0 ? 1 : attempts[^1].Number + 1,
                message.ReceivedAt, message.ProcessedAt, AttemptOutcome.Stored, Error: null, message.Consumer));
        }

        var facts = await EventFacts.FindAsync(session, identity, cancellationToken);
        var deaths = await MessageDeath.FindAsync(session, identity, cancellationToken);
        return new MessagePlace
        {
            Queue = identity.Queue,
            State = identity.Place.Name(),
            Since = StoredText.Time(identity.ChangedAt),
            Redrives = identity.Redrives,
            Id = facts.Id,
            Tipo = facts.Tipo,
            TraceId = facts.TraceId,
            Message = message,
            PublishedAt = publishedAt ?? deaths.Find(death => death.PublishedAt is not null)?.PublishedAt,
            Attempts = attempts,
            DeadLetters = deaths
        };
    }

    private static async Task<(StoredMessage?, DateTimeOffset?)> EventAsync(StoreSession session, long cursor, CancellationToken cancellationToken)
    {
        await using var reader = await session.QueryAsync(
            $"SELECT {StoredMessage.Columns} FROM events WHERE cursor = $1", [cursor], cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? (StoredMessage.Read(reader), StoredText.TimeOrNull(reader.GetInt64(14)))
            : (null, null);
    }

    private static async Task<List<MessageAttempt>> AttemptsAsync(StoreSession session, Identity identity, CancellationToken cancellationToken)
    {
        await using var reader = await session.QueryAsync(
            """
            SELECT number, started_at, ended_at, outcome, error, consumer FROM attempts
            WHERE queue = $1 AND message_id = $2 ORDER BY number
            """,
            [identity.Queue, identity.MessageId],
            cancellationToken);
        var attempts = new List<MessageAttempt>();
        while (await reader.ReadAsync(cancellationToken))
        {
            attempts.Add(new MessageAttempt(
                reader.GetInt32(0),
                StoredText.Time(reader.GetInt64(1)),
                StoredText.TimeOrNull(reader.GetInt64(2)),
                reader.GetString(3),
                reader.IsDBNull(4) ? null : reader.GetString(4),
                reader.GetString(5)));
        }

        return attempts;
    }
}
