using System.Diagnostics;
using System.Diagnostics.Metrics;
using RabbitDemo.Messaging;
using RabbitMQ.Client;
using Xunit.Abstractions;

namespace RabbitDemo.Tests.Telemetry;

/// <summary>What telemetry costs a message: nothing when nobody listens, and no more than is written down when all is sampled.</summary>
[Collection(UnobservedCollection.Name)]
public sealed class TelemetryCostTests(ITestOutputHelper output)
{
    private const int Messages = 20_000;
    private static readonly Messaging.Topology Topology = new([], [new("mensajes", "consumer")], []);
    private static readonly BrokerAddress Broker = new("localhost", 5672);

    private readonly PublishSpans publishes = new(Broker, new(Topology));
    private readonly DeliverySpans deliveries = new("mensajes", Broker);
    private readonly OutgoingMessage message = new("", "mensajes", new BasicProperties
    {
        MessageId = "0199a3f0-0000-7000-8000-000000000000",
        Headers = new Dictionary<string, object?>()
    }, new byte[256]);

    [Fact]
    public void IsNoAllocationWhenNobodyListens()
    {
        Assert.False(MessagingTelemetry.Source.HasListeners(), "Somebody in this process listens.");
        Assert.False(MessagingTelemetry.Sent.Enabled, "Somebody in this process listens.");

        var (bytes, _) = Measure();

        Assert.Equal(0, bytes);
    }

    [Fact]
    public void IsBoundedWhenAllIsSampled()
    {
        using var spans = new ActivityListener
        {
            ShouldListenTo = source => source.Name == MessagingTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded
        };
        using var metrics = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == MessagingTelemetry.Name)
                    listener.EnableMeasurementEvents(instrument);
            }
        };
        metrics.SetMeasurementEventCallback<long>((_, _, _, _) => { });
        metrics.SetMeasurementEventCallback<double>((_, _, _, _) => { });
        ActivitySource.AddActivityListener(spans);
        metrics.Start();

        var (bytes, time) = Measure();

        output.WriteLine($"{bytes / (double)Messages:0} bytes and {time.TotalMicroseconds / Messages:0.0} µs for publish, process, store and ack of one message");
        Assert.InRange(bytes / Messages, 1, 8_000);
    }

    private (long Bytes, TimeSpan Time) Measure()
    {
        for (var i = 0; i < 1_000; i++)
            OneMessage();

        var before = GC.GetAllocatedBytesForCurrentThread();
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < Messages; i++)
            OneMessage();

        return (GC.GetAllocatedBytesForCurrentThread() - before, Stopwatch.GetElapsedTime(began));
    }

    /// <summary>Every call that the engine makes for one message on its way from publisher to acknowledgement.</summary>
    private void OneMessage()
    {
        var headers = message.Properties.Headers as Dictionary<string, object?> ?? [];
        headers.Clear();
        using (var publish = publishes.Start(message))
        {
            TraceHeaders.Inject(publish ?? Activity.Current, headers);
            publishes.End(publish, message, new(PublishStatus.Confirmed), TimeSpan.FromMilliseconds(1));
        }

        DeliveryMeasurements.Delivered("mensajes", redelivered: false, message.Properties, TimeProvider.System);
        var facts = new DeliveryFacts(1, message.Properties.MessageId ?? "", "", "mensajes", Redelivered: false, message.Properties);
        using var process = deliveries.StartProcess(facts, attempt: 1);
        using (deliveries.StartWrite("store", facts.MessageId))
            DeliveryMeasurements.Processed("mensajes", TimeSpan.FromMilliseconds(1), errorType: null);

        using (deliveries.StartAck(facts, process))
            DeliveryMeasurements.Acknowledged("mensajes", TimeSpan.FromMilliseconds(1));
    }
}
