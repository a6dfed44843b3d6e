using System.Buffers;
using RabbitMQ.Client;

namespace RabbitDemo.Messaging;

/// <summary>
/// Makes the message that goes back to the broker through the default exchange: to a retry queue, a dead-letter queue, or the
/// work queue again. It keeps identity, trace and the sender's own headers; what routed, expired or counted the delivered copy
/// is dropped. Whatever a foreign client has sent, the copy can be written: a property that is too long as text is cut, a header that
/// cannot be written again is left out.
/// </summary>
internal static class Republication
{
    /// <summary>An error is one header: no more of it than this is carried, in bytes of UTF-8.</summary>
    public const int MaxErrorBytes = 2 * 1024;

    /// <summary>Headers travel in one frame, of 128 KB by default: more of the sender's than this are left out, largest first.</summary>
    private const long MaxHeaderBytes = 112 * 1024;

    /// <summary>To wait for its next attempt, or to the same queue under an id that it did not have.</summary>
    public static OutgoingMessage To(string queue, ReceivedMessage message) =>
        new("", queue, Properties(message), Body(message));

    public static OutgoingMessage ToDead(WorkQueue queue, ReceivedMessage message, string reason, string? error, int attempts, DateTimeOffset at)
    {
        var properties = Properties(message);
        if (properties.Headers is { } headers)
        {
            headers[MessageHeaders.DeadQueue] = queue.Name;
            headers[MessageHeaders.DeadReason] = reason;
            headers[MessageHeaders.DeadAt] = at.ToUnixTimeMilliseconds();
            headers[MessageHeaders.Attempts] = attempts;
            if (error is not null)
            {
                headers[MessageHeaders.DeadError] = Shorten(error);
            }
        }

        return new("", queue.DeadLetterQueue, properties, Body(message));
    }

    public static OutgoingMessage OfDeadLetter(DeadLetter letter, int redrive)
    {
        var headers = Writable(letter.Headers);
        headers[MessageHeaders.Exchange] = ShortString(letter.Exchange);
        headers[MessageHeaders.RoutingKey] = ShortString(letter.RoutingKey);
        headers[MessageHeaders.Redrive] = redrive;
        if (letter.TraceParent is { } traceParent && Utf8Limit.IsWithin(traceParent, Utf8Limit.ShortString))
        {
            headers[TraceHeaders.TraceParent] = traceParent;
        }

        var properties = new BasicProperties
        {
            ContentType = ShortString(letter.ContentType ?? "application/json"),
            DeliveryMode = DeliveryModes.Persistent,
            MessageId = letter.MessageId,
            Headers = headers
        };
        if (letter.PublishedAt is { } publishedAt)
        {
            properties.Timestamp = new(publishedAt.ToUnixTimeSeconds());
        }

        return new("", letter.Queue, properties, letter.Body);
    }

    /// <summary>At most 2 KB of UTF-8, cut between characters.</summary>
    public static string Shorten(string text) => Utf8Limit.Cut(text, MaxErrorBytes);

    private static BasicProperties Properties(ReceivedMessage message)
    {
        var source = message.Properties;
        var properties = new BasicProperties
        {
            DeliveryMode = DeliveryModes.Persistent,
            MessageId = message.MessageId,
            Headers = Headers(message)
        };
        if (source.IsContentTypePresent())
        {
            properties.ContentType = ShortString(source.ContentType);
        }

        if (source.IsTypePresent())
        {
            properties.Type = ShortString(source.Type);
        }

        if (source.IsTimestampPresent())
        {
            properties.Timestamp = source.Timestamp;
        }

        if (source.IsAppIdPresent())
        {
            properties.AppId = ShortString(source.AppId);
        }

        if (source.IsCorrelationIdPresent())
        {
            properties.CorrelationId = ShortString(source.CorrelationId);
        }

        return properties;
    }

    private static Dictionary<string, object?> Headers(ReceivedMessage message)
    {
        var headers = Writable((message.Properties.Headers ?? new Dictionary<string, object?>())
            .Where(h => !MessageHeaders.IsDroppedOnRepublish(h.Key)));
        headers[MessageHeaders.Exchange] = ShortString(message.Origin.Exchange);
        headers[MessageHeaders.RoutingKey] = ShortString(message.Origin.RoutingKey);
        if (message.Origin.Redrive > 0)
        {
            headers[MessageHeaders.Redrive] = message.Origin.Redrive;
        }

        return headers;
    }

    private static Dictionary<string, object?> Writable(IEnumerable<KeyValuePair<string, object?>> senders)
    {
        Dictionary<string, object?> headers = [];
        var left = MaxHeaderBytes;
        foreach (var (name, value, size) in senders
            .Select(h => (h.Key, h.Value, Size: HeaderSize.Of(h.Key, h.Value)))
            .OrderBy(h => h.Size))
        {
            if ((left -= size) < 0)
            {
                break;
            }

            headers[name] = value;
        }

        return headers;
    }

    private static string? ShortString(string? text) => text is null ? null : Utf8Limit.Cut(text, Utf8Limit.ShortString);

    private static ReadOnlyMemory<byte> Body(ReceivedMessage message)
    {
        if (message.Delivery is null)
        {
            return message.Body;
        }

        var body = new ArrayBufferWriter<byte>(256);
        EventoJson.Write(message.Delivery.Evento, body);
        return body.WrittenMemory;
    }
}
