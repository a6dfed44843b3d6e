using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using RabbitDemo.Tests.Brokers;

namespace RabbitDemo.Tests.Producer;

/// <summary>Events that are promised when they are on disk, with and without a broker.</summary>
[Collection(SecondBrokerCollection.Name)]
public sealed class OutboxTests(TestBroker broker) : IDisposable
{
    private readonly OutboxUnderTest outbox = new();

    public void Dispose() => outbox.Dispose();

    [Fact]
    public async Task AcceptsWhileTheBrokerIsAwayAndSaysThatItIs()
    {
        await using var producer = await outbox.StartAsync();

        using var response = await OutboxUnderTest.SendAsync(producer, 1, "", ("Idempotency-Key", "uno"));
        var place = await producer.Client.GetFromJsonAsync<JsonElement>("/send/uno");
        var health = await OutboxUnderTest.HealthAsync(producer);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal("/send/uno", response.Headers.Location?.OriginalString);
        Assert.Equal("waiting", place.GetProperty("outbox").GetString());
        Assert.StartsWith("200 Degraded: 1 events wait, the oldest since ", health, StringComparison.Ordinal);
        Assert.Contains("cannot publish since", health, StringComparison.Ordinal);
        Assert.Empty(producer.Complaints);
    }

    [Fact]
    public async Task MeasuresDepthAndAge()
    {
        await using var producer = await outbox.StartAsync();
        var measured = new Dictionary<string, double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Scope == producer.MeterScope && instrument.Name.StartsWith("rabbitdemo.outbox.", StringComparison.Ordinal))
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => measured[instrument.Name] = value);
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => measured[instrument.Name] = value);
        listener.Start();

        await OutboxUnderTest.AcceptAllAsync(producer, 0, 7);
        await Eventually.GetAsync("the oldest event ages", TimeSpan.FromSeconds(5), () =>
        {
            listener.RecordObservableInstruments();
            return Task.FromResult(measured.GetValueOrDefault("rabbitdemo.outbox.oldest.age"));
        }, age => age > 0);

        Assert.Equal((7, 0), (measured["rabbitdemo.outbox.depth"], measured["rabbitdemo.outbox.parked"]));
    }

    [BrokerFact]
    public async Task LeavesNothingToPublishAgainWhenItIsStopped()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using (var first = await outbox.StartAsync(virtualHost.Amqp.ToString()))
        {
            await OutboxUnderTest.AcceptAllAsync(first, 0, 2_000);
            await first.StopAsync();
        }

        await using var second = await outbox.StartAsync(virtualHost.Amqp.ToString());
        await OutboxUnderTest.EmptyAsync(second);
        var (ids, copies) = await OutboxUnderTest.TakeAsync(virtualHost, "mensajes", 2_000);

        Assert.Equal((2_000, 0), (ids.Count, copies));
    }

    [BrokerFact]
    public async Task PublishesWhatItHoldsThoughNothingIsAcceptedThereAnyMore()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using (var before = await outbox.StartAsync())
            await OutboxUnderTest.AcceptAllAsync(before, 0, 100);

        await using var producer = await outbox.StartAsync(virtualHost.Amqp.ToString(), "RabbitDemo:Delivery=Confirm");
        var (ids, _) = await OutboxUnderTest.TakeAsync(virtualHost, "mensajes", 100);

        Assert.Equal(Enumerable.Range(0, 100).Select(id => (long)id), ids);
    }

    [BrokerFact]
    public async Task KeepsTheRequestsTraceAndHeaders()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using (var first = await outbox.StartAsync())
        {
            using var response = await OutboxUnderTest.SendAsync(
                first, 1, "?exchange=regiones", ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), ("X-Amqp-Region", "EU"));
            Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        }

        await using var second = await outbox.StartAsync(virtualHost.Amqp.ToString());
        await OutboxUnderTest.EmptyAsync(second);

        await using var connection = await virtualHost.ConnectAsync(CancellationToken.None);
        await using var channel = await connection.CreateChannelAsync();
        var message = await channel.BasicGetAsync("region_eu", autoAck: true);
        Assert.StartsWith("00-0af7651916cd43dd8448eb211c80319c-", Header("traceparent"), StringComparison.Ordinal);
        Assert.Equal("EU", Header("region"));
        Assert.Equal(("application/json", "registro", true), (message?.BasicProperties.ContentType, message?.BasicProperties.Type, message?.BasicProperties.Persistent));

        string Header(string name) => message?.BasicProperties.Headers?[name] is byte[] bytes ? Encoding.UTF8.GetString(bytes) : "";
    }
}
