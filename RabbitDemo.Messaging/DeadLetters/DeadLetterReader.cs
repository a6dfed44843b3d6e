using System.Collections;
using System.Text;
using RabbitMQ.Client;

namespace RabbitDemo.Messaging;

/// <summary>Reads what lies in a dead-letter queue: sent there by us with its reason, or by the broker with its own.</summary>
internal static class DeadLetterReader
{
    public static DeadLetter Read(WorkQueue queue, string exchange, string routingKey, IReadOnlyBasicProperties properties, ReadOnlySpan<byte> body, TimeProvider clock)
    {
        var headers = properties.Headers;
        var reason = HeaderValues.Text(headers, MessageHeaders.DeadReason);
        var death = BrokerDeath(headers);
        return new()
        {
            Queue = queue.Name,
            MessageId = MessageIds.IsUsable(properties.MessageId) && properties.MessageId is { } id ? id : MessageIds.New(clock),
            Reason = reason ?? DeathReasons.BrokerPrefix + (HeaderValues.Text(death, "reason") ?? HeaderValues.Text(headers, "x-first-death-reason") ?? "unknown"),
            Error = HeaderValues.Text(headers, MessageHeaders.DeadError),
            PublishedAt = MessageReader.PublishedAt(properties),
            DiedAt = HeaderValues.Time(headers, MessageHeaders.DeadAt) ?? clock.GetUtcNow(),
            Attempts = (int)(HeaderValues.Number(headers, MessageHeaders.Attempts) ?? HeaderValues.Number(headers, "x-delivery-count") ?? 0),
            Redrive = (int)(HeaderValues.Number(headers, MessageHeaders.Redrive) ?? 0),
            Exchange = HeaderValues.Text(headers, MessageHeaders.Exchange) ?? HeaderValues.Text(death, "exchange") ?? exchange,
            RoutingKey = HeaderValues.Text(headers, MessageHeaders.RoutingKey) ?? FirstKey(death) ?? routingKey,
            Body = body.ToArray(),
            ContentType = properties.ContentType,
            TraceParent = HeaderValues.Text(headers, TraceHeaders.TraceParent),
            Headers = SendersOwn(headers)
        };
    }

    /// <summary>The broker's account of the last death, newest first.</summary>
    private static IDictionary<string, object?>? BrokerDeath(IDictionary<string, object?>? headers) =>
        headers?.TryGetValue("x-death", out var deaths) is true && deaths is IList { Count: > 0 } list
            ? list[0] as IDictionary<string, object?>
            : null;

    private static string? FirstKey(IDictionary<string, object?>? death) =>
        death?.TryGetValue("routing-keys", out var keys) is true && keys is IList { Count: > 0 } list && list[0] is byte[] key
            ? Encoding.UTF8.GetString(key)
            : null;

    /// <summary>Values of a simple type, so that they can be kept as JSON; the rest concerned the delivery, not the event.</summary>
    private static Dictionary<string, object?> SendersOwn(IDictionary<string, object?>? headers) =>
        (headers ?? new Dictionary<string, object?>())
            .Where(h => !MessageHeaders.IsReserved(h.Key) && h.Value is byte[] or string or bool or int or long or double)
            .ToDictionary(h => h.Key, h => h.Value is byte[] text ? Encoding.UTF8.GetString(text) : h.Value);
}
