using System.Buffers;
using RabbitMQ.Client;

namespace RabbitDemo.Messaging;

/// <summary>
/// Turns what is delivered into a value of our own, at once: the body's memory is not ours after that.
/// Only the body decides whether it is an event; wrong or missing properties and foreign headers change nothing.
/// </summary>
internal sealed class MessageReader(string queue, string consumer, int maxBodyBytes, TimeProvider clock)
{
    private readonly ArrayBufferWriter<byte> canonical = new(1_024);

    /// <summary>Called by one thread at a time.</summary>
    public ReceivedMessage Read(in Envelope envelope, bool isSuspect, IReadOnlyBasicProperties properties, ReadOnlySpan<byte> body)
    {
        var given = properties.IsMessageIdPresent() ? properties.MessageId : null;
        var hadId = MessageIds.IsUsable(given);
        var id = hadId && given is not null ? given : MessageIds.New(clock);
        var origin = ReadOrigin(envelope.Exchange, envelope.RoutingKey, properties.Headers);
        var (delivery, reason, error) = TryReadEvent(body, id, origin, envelope.Redelivered, isSuspect, properties);
        return new()
        {
            DeliveryTag = envelope.DeliveryTag,
            Redelivered = envelope.Redelivered,
            Properties = properties,
            MessageId = id,
            HadMessageId = hadId,
            Delivery = delivery,
            Origin = origin,
            Unreadable = reason,
            Error = error,
            Body = delivery is null ? body.ToArray() : []
        };
    }

    /// <summary>
    /// Whatever a body makes the reader do, it ends here: an exception that left it would end the session, and bring the same message
    /// again and again.
    /// </summary>
    private (Delivery? Delivery, string? Reason, string? Error) TryReadEvent(
        ReadOnlySpan<byte> body, string id, Origin origin, bool redelivered, bool isSuspect, IReadOnlyBasicProperties properties)
    {
        try
        {
            return ReadEvent(body, id, origin, redelivered, isSuspect, properties);
        }
        catch (Exception e)
        {
            return (null, DeathReasons.Unreadable, Republication.Shorten($"{e.GetType().Name}: {e.Message}"));
        }
    }

    private (Delivery? Delivery, string? Reason, string? Error) ReadEvent(
        ReadOnlySpan<byte> body, string id, Origin origin, bool redelivered, bool isSuspect, IReadOnlyBasicProperties properties)
    {
        if (body.Length > maxBodyBytes)
        {
            return (null, DeathReasons.TooLarge, $"The body has {body.Length} bytes; the limit is {maxBodyBytes}.");
        }

        if (EventoJson.Read(body, out var problems) is not { } evento)
        {
            return (null, DeathReasons.Unreadable, string.Join(' ', problems.Take(8).Select(p => p.Message)));
        }

        var context = TraceHeaders.Extract(properties.Headers);
        var delivery = new Delivery
        {
            Queue = queue,
            MessageId = id,
            Evento = evento,
            Fingerprint = EventFingerprint.Of(evento, canonical),
            Exchange = origin.Exchange,
            RoutingKey = origin.RoutingKey,
            Redelivered = redelivered,
            IsCrashSuspect = isSuspect,
            Redrive = origin.Redrive,
            PublishedAt = PublishedAt(properties),
            ReceivedAt = clock.GetUtcNow(),
            TraceId = context == default ? null : context.TraceId.ToHexString(),
            TraceParent = HeaderValues.Text(properties.Headers, TraceHeaders.TraceParent),
            Consumer = consumer
        };
        return (delivery, null, null);
    }

    /// <summary>Null when the sender did not say, or not a time: a foreign client may put anything there.</summary>
    public static DateTimeOffset? PublishedAt(IReadOnlyBasicProperties properties) =>
        properties.IsTimestampPresent() && properties.Timestamp.UnixTime is > 0 and < 253_402_300_800 and var seconds
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    private static Origin ReadOrigin(string exchange, string routingKey, IDictionary<string, object?>? headers) => new(
        HeaderValues.Text(headers, MessageHeaders.Exchange) ?? exchange,
        HeaderValues.Text(headers, MessageHeaders.RoutingKey) ?? routingKey,
        (int)Math.Clamp(HeaderValues.Number(headers, MessageHeaders.Redrive) ?? 0, 0, int.MaxValue));
}
