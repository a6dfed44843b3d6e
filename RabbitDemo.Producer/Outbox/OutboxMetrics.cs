using System.Diagnostics.Metrics;
using RabbitDemo.Messaging;

namespace RabbitDemo.Producer.Outbox;

/// <summary>The outbox of this process as gauges; several producers' add up, but for the age.</summary>
internal sealed class OutboxMetrics
{
    public OutboxMetrics(EventOutbox outbox, IMeterFactory meters, TimeProvider clock)
    {
        var meter = meters.Create(MessagingTelemetry.Name);
        meter.CreateObservableGauge("rabbitdemo.outbox.depth", () => outbox.Waiting, "{message}", "Accepted events that the broker has not confirmed.");
        meter.CreateObservableGauge("rabbitdemo.outbox.parked", () => outbox.Parked, "{message}", "Accepted events that no queue would get.");
        meter.CreateObservableGauge("rabbitdemo.outbox.oldest.age", () => Age(outbox, clock), "s", "Since the event that waits longest was accepted; 0 when none waits.");
    }

    private static double Age(EventOutbox outbox, TimeProvider clock)
    {
        try
        {
            return outbox.Reader.Oldest() is { } oldest ? Math.Max(0, (clock.GetUtcNow() - oldest).TotalSeconds) : 0;
        }
        catch (OutboxUnavailableException)
        {
            return 0; // its health check says so
        }
    }
}
