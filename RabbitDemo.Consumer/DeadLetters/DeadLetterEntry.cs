using System.Data.Common;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using RabbitDemo.Consumer.Store;
using RabbitDemo.Messaging;

namespace RabbitDemo.Consumer.DeadLetters;

/// <summary>A dead letter as it is listed.</summary>
internal sealed record DeadLetterEntry
{
    /// <summary>A longer body is shown only when its letter is asked for by id.</summary>
    public const int ListedBodyBytes = 64 * 1024;

    public const string Columns = """
        id, queue, message_id, alone, state, settled_at, reason, error, died_at, attempts, past, redrive, exchange, routing_key,
        content_type, trace_parent, headers, LENGTH(body), published_at
        """;

    /// <summary>The letter's own number: for <c>?after=</c>, redrive and deletion.</summary>
    public required long Id { get; init; }

    public required string Queue { get; init; }

    public required string MessageId { get; init; }

    /// <summary><c>dead</c>; <c>redriven</c>; <c>deleted</c> by an operator; <c>stored</c>, when another copy made it after all.</summary>
    public required string State { get; init; }

    /// <summary>When it ceased to be dead.</summary>
    public required DateTimeOffset? SettledAt { get; init; }

    public required string Reason { get; init; }

    public required string? Error { get; init; }

    /// <summary>By the sender's clock, in whole seconds; null when it did not say.</summary>
    public required DateTimeOffset? PublishedAt { get; init; }

    public required DateTimeOffset DiedAt { get; init; }

    /// <summary>Since it was first received or last redriven.</summary>
    public required int Attempts { get; init; }

    public required int TotalAttempts { get; init; }

    public required int Redrives { get; init; }

    /// <summary>The exchange that it was first published to; empty for the default exchange.</summary>
    public required string Exchange { get; init; }

    public required string RoutingKey { get; init; }

    public required string? ContentType { get; init; }

    public required string? TraceParent { get; init; }

    /// <summary>The sender's own headers.</summary>
    [JsonConverter(typeof(JsonAsItIs))]
    public required JsonElement Headers { get; init; }

    public required long BodyBytes { get; init; }

    /// <summary>How <see cref="Body"/> is written: <c>json</c>, <c>text</c> or <c>base64</c>; null when it is left out.</summary>
    public string? BodyIs { get; init; }

    /// <summary>JSON as it is, other text as a string, bytes that are no UTF-8 in base64; left out of a list when it is over 64 KB.</summary>
    [JsonConverter(typeof(JsonAsItIs))]
    public JsonElement? Body { get; init; }

    /// <param name="row">The columns, and the body after them.</param>
    public static DeadLetterEntry Read(DbDataReader row)
    {
        var entry = new DeadLetterEntry
        {
            Id = row.GetInt64(0),
            Queue = row.GetString(1),
            MessageId = row.GetString(2),
            State = row.GetString(4),
            SettledAt = StoredText.TimeOrNull(row.GetInt64(5)),
            Reason = row.GetString(6),
            Error = row.IsDBNull(7) ? null : row.GetString(7),
            PublishedAt = StoredText.TimeOrNull(row.GetInt64(18)),
            DiedAt = StoredText.Time(row.GetInt64(8)),
            Attempts = row.GetInt32(9),
            TotalAttempts = row.GetInt32(9) + row.GetInt32(10),
            Redrives = row.GetInt32(11),
            Exchange = row.GetString(12),
            RoutingKey = row.GetString(13),
            ContentType = row.IsDBNull(14) ? null : row.GetString(14),
            TraceParent = row.IsDBNull(15) ? null : row.GetString(15),
            Headers = JsonElement.Parse(row.GetString(16)),
            BodyBytes = row.GetInt64(17)
        };
        return row.IsDBNull(19) ? entry : entry.WithBody(row.GetFieldValue<byte[]>(19));
    }

    /// <summary>As the engine publishes it again.</summary>
    public static DeadLetter ReadLetter(DbDataReader row) => new()
    {
        Queue = row.GetString(1),
        MessageId = row.GetString(2),
        Reason = row.GetString(6),
        Error = row.IsDBNull(7) ? null : row.GetString(7),
        PublishedAt = StoredText.TimeOrNull(row.GetInt64(18)),
        DiedAt = StoredText.Time(row.GetInt64(8)),
        Attempts = row.GetInt32(9),
        Redrive = row.GetInt32(11),
        Exchange = row.GetString(12),
        RoutingKey = row.GetString(13),
        ContentType = row.IsDBNull(14) ? null : row.GetString(14),
        TraceParent = row.IsDBNull(15) ? null : row.GetString(15),
        Headers = LetterHeaders.Read(row.GetString(16)),
        Body = row.GetFieldValue<byte[]>(19)
    };

    private DeadLetterEntry WithBody(byte[] body)
    {
        if (!Utf8.IsValid(body))
        {
            // The parser takes bytes of another encoding within a string, and they would spoil the answer.
            return WithText("base64", Convert.ToBase64String(body));
        }

        try
        {
            return this with { BodyIs = "json", Body = JsonElement.Parse(body) };
        }
        catch (JsonException)
        {
            return WithText("text", Encoding.UTF8.GetString(body));
        }
    }

    private DeadLetterEntry WithText(string kind, string text) =>
        this with { BodyIs = kind, Body = JsonSerializer.SerializeToElement(text, ConsumerJson.Default.String) };
}
