using RabbitDemo.Consumer.DeadLetters;
using RabbitDemo.Consumer.Store;

namespace RabbitDemo.Consumer.Messages;

/// <summary>A message that was looked for, and where it is.</summary>
/// <param name="State"><c>waiting</c> (attempted, without an outcome yet), <c>stored</c>, <c>dead</c> or <c>discarded</c>.</param>
/// <param name="Since">When it came to that state, or was last attempted.</param>
/// <param name="Id">The sender's number; null for a body that is no event.</param>
/// <param name="Tipo">Its kind; null for a body that is no event.</param>
/// <param name="TraceId">Null when it came without a trace.</param>
/// <param name="Attempts">All of them, those before a redrive too.</param>
internal sealed record FoundMessage(
    string MessageId, string Queue, string State, DateTimeOffset Since, long? Id, string? Tipo, string? TraceId, int Attempts);

/// <summary>What is looked for: exactly one of them.</summary>
internal sealed record MessageQuestion(string? MessageId, long? Id, string? Tipo, string? TraceId);

/// <summary>Finds messages wherever they are: stored, waiting after failed attempts, dead or discarded.</summary>
/// <remarks>
/// Stored events are indexed by id and by kind. An index on their trace would halve what the store takes in a second, one on the
/// sender's number take a quarter of it (SQLite, events of 250 bytes, in groups of 128): for these two the newest
/// <see cref="Walked"/> stored events are walked instead. Attempts and dead letters are few, and have every index.
/// </remarks>
internal sealed class MessageSearch(MessageStore store)
{
    public const int Walked = 100_000;

    /// <summary>The newest first, at most <paramref name="limit"/>.</summary>
    public Task<List<FoundMessage>> FindAsync(MessageQuestion question, int limit, CancellationToken cancellationToken) => store.ReadAsync(
        async session =>
        {
            var places = question.MessageId is { } messageId
                ? await Identity.FindAllAsync(session, messageId, cancellationToken)
                : await PlacesAsync(session, question, limit, cancellationToken);
            var found = new List<FoundMessage>();
            foreach (var place in places)
            {
                found.Add(await DescribeAsync(session, place, cancellationToken));
            }

            found.AddRange(await AloneAsync(session, question, limit, cancellationToken));
            return found.OrderByDescending(f => f.Since).Take(limit).ToList();
        },
        cancellationToken);

    private static async Task<List<Identity>> PlacesAsync(StoreSession session, MessageQuestion question, int limit, CancellationToken cancellationToken)
    {
        var keys = new HashSet<(string Queue, string MessageId)>();
        var walk = question.Tipo is null ? $" AND cursor > (SELECT COALESCE(MAX(cursor), 0) FROM events) - {Walked}" : "";
        foreach (var sql in new[]
        {
            $"SELECT queue, message_id FROM events WHERE {Column(question, "id")} = $1{walk} ORDER BY cursor DESC LIMIT $2",
            $"""
            SELECT queue, message_id FROM attempts WHERE {Column(question, "event_id")} = $1
            GROUP BY queue, message_id ORDER BY MAX(started_at) DESC LIMIT $2
            """,
            $"SELECT queue, message_id FROM dead_letters WHERE {Column(question, "event_id")} = $1 AND alone = 0 ORDER BY id DESC LIMIT $2"
        })
        {
            await using var reader = await session.QueryAsync(sql, [Value(question), limit], cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                keys.Add((reader.GetString(0), reader.GetString(1)));
            }
        }

        var places = new List<Identity>();
        foreach (var (queue, messageId) in keys)
        {
            if (await Identity.FindAsync(session, queue, messageId, cancellationToken) is { } identity)
            {
                places.Add(identity);
            }
        }

        return places;
    }

    private static async Task<FoundMessage> DescribeAsync(StoreSession session, Identity place, CancellationToken cancellationToken)
    {
        var facts = await EventFacts.FindAsync(session, place, cancellationToken);
        var attempts = place.Past + place.Failed + place.Unfinished + (place.Place == Place.Stored ? 1 : 0);
        if (place.Place is Place.Dead or Place.Discarded)
        {
            attempts = Math.Max(attempts, await AttemptsOfLetterAsync(session, place, cancellationToken));
        }

        return new(
            place.MessageId, place.Queue, place.Place.Name(), StoredText.Time(place.ChangedAt), facts.Id, facts.Tipo, facts.TraceId, attempts);
    }

    /// <summary>A letter knows of attempts that the store was not asked to record: those of a message that the broker gave up.</summary>
    private static async Task<int> AttemptsOfLetterAsync(StoreSession session, Identity place, CancellationToken cancellationToken)
    {
        await using var reader = await session.QueryAsync(
            "SELECT attempts + past FROM dead_letters WHERE queue = $1 AND message_id = $2 AND alone = 0 ORDER BY id DESC LIMIT 1",
            [place.Queue, place.MessageId],
            cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? reader.GetInt32(0) : 0;
    }

    /// <summary>Dead letters beside the place of their id: another event under the same id, or a body that is no event.</summary>
    private static async Task<List<FoundMessage>> AloneAsync(StoreSession session, MessageQuestion question, int limit, CancellationToken cancellationToken)
    {
        var condition = question.MessageId is null ? $"{Column(question, "event_id")} = $1" : DeadLetterBox.OfMessage + "$1";
        await using var reader = await session.QueryAsync(
            $"""
            SELECT message_id, queue, state, died_at, settled_at, attempts + past, event_id, tipo, trace_id FROM dead_letters
            WHERE {condition} AND alone = 1 AND state IN ('dead', 'deleted') ORDER BY id DESC LIMIT $2
            """,
            [Value(question), limit],
            cancellationToken);
        var found = new List<FoundMessage>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var (dead, facts) = (reader.GetString(2) == DeadLetterState.Dead, EventFacts.Read(reader, first: 6));
            found.Add(new(
                reader.GetString(0), reader.GetString(1), (dead ? Place.Dead : Place.Discarded).Name(), StoredText.Time(reader.GetInt64(dead ? 3 : 4)),
                facts.Id, facts.Tipo, facts.TraceId, reader.GetInt32(5)));
        }

        return found;
    }

    private static string Column(MessageQuestion question, string id) =>
        question.Id is not null ? id : question.Tipo is not null ? "tipo" : "trace_id";

    private static object Value(MessageQuestion question) =>
        question.Id is { } id ? id : StoredText.Clean(question.MessageId ?? question.Tipo ?? question.TraceId ?? "");
}
