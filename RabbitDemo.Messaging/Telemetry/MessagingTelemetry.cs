using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace RabbitDemo.Messaging;

/// <summary>
/// The one source of spans and the one meter of the messaging engine, by the OpenTelemetry messaging conventions. They replace
/// the client library's own, which name the destination wrongly and end the publish span before the confirm.
/// </summary>
public static class MessagingTelemetry
{
    /// <summary>Name of both the ActivitySource and the Meter.</summary>
    public const string Name = "RabbitDemo.Messaging";

    internal static readonly ActivitySource Source = new(Name);
    internal static readonly Meter Meter = new(Name);

    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
    };

    internal static readonly Counter<long> Sent = Meter.CreateCounter<long>("messaging.client.sent.messages", "{message}",
        "Messages that a publish was attempted for.");

    internal static readonly Counter<long> Consumed = Meter.CreateCounter<long>("messaging.client.consumed.messages", "{message}",
        "Messages delivered to this process, each delivery once.");

    internal static readonly Histogram<double> OperationDuration = Meter.CreateHistogram("messaging.client.operation.duration", "s",
        "Duration of publish, ack and nack.", advice: Seconds);

    internal static readonly Histogram<double> ProcessDuration = Meter.CreateHistogram("messaging.process.duration", "s",
        "Duration of an attempt, from the handler's call to the outcome.", advice: Seconds);

    internal static readonly Histogram<double> DeliveryLatency = Meter.CreateHistogram("rabbitdemo.delivery.latency", "s",
        "Time from publish to receive, first deliveries only; in whole seconds, as the AMQP timestamp is.", advice: Seconds);

    internal static readonly UpDownCounter<long> InFlight = Meter.CreateUpDownCounter<long>("rabbitdemo.deliveries.in_flight", "{message}",
        "Deliveries received and not settled yet.");

    internal static readonly UpDownCounter<long> WindowUsed = Meter.CreateUpDownCounter<long>("rabbitdemo.publish.window.used", "{message}",
        "Publishes that wait for their confirm.");

    internal static readonly Counter<long> Retries = Meter.CreateCounter<long>("rabbitdemo.retries", "{message}",
        "Failed attempts that were put into a retry queue.");

    internal static readonly Counter<long> DeadLetters = Meter.CreateCounter<long>("rabbitdemo.dead_letters", "{message}",
        "Messages sent to a dead-letter queue, by reason.");

    internal static readonly Counter<long> Duplicates = Meter.CreateCounter<long>("rabbitdemo.duplicates", "{message}",
        "Deliveries of a message that was settled already.");

    internal static readonly Counter<long> ChannelsReplaced = Meter.CreateCounter<long>("rabbitdemo.publish.channels.replaced", "{channel}",
        "Channels replaced because the broker refused messages on them, or closed them over a message.");

    internal static readonly Counter<long> Reconnects = Meter.CreateCounter<long>("rabbitdemo.reconnects", "{connection}",
        "Connections rebuilt after they had been ready.");

    /// <summary>
    /// One attempt to connect, until channels and consumers are open. It is a trace of its own, and not the current span: what is
    /// started meanwhile lives longer than the attempt.
    /// </summary>
    internal static Activity? StartConnect(BrokerAddress broker, string purpose)
    {
        Activity.Current = null;
        var activity = Source.StartActivity("connect", ActivityKind.Client);
        Activity.Current = null;
        if (activity is { IsAllDataRequested: true })
        {
            activity.SetTag("messaging.system", "rabbitmq");
            activity.SetTag("rabbitdemo.connection.purpose", purpose);
            broker.Describe(activity);
        }

        return activity;
    }

    /// <summary>
    /// <c>{exchange}:{routing key}:{queue}</c>, empties dropped, a key equal to the queue collapsed: queue <c>mensajes</c>
    /// through the default exchange is just <c>mensajes</c>.
    /// </summary>
    internal static string Destination(string exchange, string routingKey, string? queue = null)
    {
        var key = routingKey == queue ? "" : routingKey;
        var named = (exchange, key, queue) switch
        {
            ("", "", null or "") => "amq.default",
            ("", _, null or "") => key,
            (_, "", null or "") => exchange,
            ("", "", _) => queue,
            ("", _, _) => $"{key}:{queue}",
            (_, "", _) => $"{exchange}:{queue}",
            (_, _, null or "") => $"{exchange}:{key}",
            _ => $"{exchange}:{key}:{queue}"
        };
        return named;
    }
}
