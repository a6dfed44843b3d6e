using System.Diagnostics;
using RabbitMQ.Client;

namespace RabbitDemo.Messaging;

/// <summary>What is measured of deliveries, by queue: names of exchanges and keys would have no bound.</summary>
internal static class DeliveryMeasurements
{
    public static void Delivered(string queue, bool redelivered, IReadOnlyBasicProperties properties, TimeProvider clock)
    {
        if (MessagingTelemetry.Consumed.Enabled)
        {
            MessagingTelemetry.Consumed.Add(1, Tags(queue, "process"));
        }

        if (MessagingTelemetry.DeliveryLatency.Enabled && !redelivered && properties.IsTimestampPresent())
        {
            var seconds = (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds - properties.Timestamp.UnixTime;
            MessagingTelemetry.DeliveryLatency.Record(Math.Max(0, seconds), Tags(queue, "process"));
        }
    }

    /// <param name="queue">The delivery's.</param>
    /// <param name="elapsed">From the handler's call, or the delivery where none was called, to the outcome.</param>
    /// <param name="errorType">A <see cref="DeathReasons"/> value or the like: of few kinds, unlike the exceptions of handlers.</param>
    public static void Processed(string queue, TimeSpan elapsed, string? errorType)
    {
        if (MessagingTelemetry.ProcessDuration.Enabled)
        {
            var tags = Tags(queue, "process");
            if (errorType is not null)
            {
                tags.Add("error.type", errorType);
            }

            MessagingTelemetry.ProcessDuration.Record(elapsed.TotalSeconds, tags);
        }
    }

    public static void Acknowledged(string queue, TimeSpan elapsed)
    {
        if (MessagingTelemetry.OperationDuration.Enabled)
        {
            var tags = Tags(queue, "ack");
            tags.Add("messaging.operation.type", "settle");
            MessagingTelemetry.OperationDuration.Record(elapsed.TotalSeconds, tags);
        }
    }

    private static TagList Tags(string queue, string operation) =>
    [
        new("messaging.system", "rabbitmq"),
        new("messaging.operation.name", operation),
        new("messaging.destination.name", queue)
    ];
}
