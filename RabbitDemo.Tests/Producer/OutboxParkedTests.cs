using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using RabbitDemo.Producer.Outbox;
using RabbitDemo.Tests.Brokers;

namespace RabbitDemo.Tests.Producer;

/// <summary>Events that were promised while a queue was bound for them, and that no queue would get when their turn came.</summary>
[Collection(SecondBrokerCollection.Name)]
public sealed class OutboxParkedTests(TestBroker broker) : IDisposable
{
    private const string Query = "?exchange=pagos&routingKey=payment.pending";

    private static readonly string[] Bound =
    [
        "RabbitDemo:Topology:Bindings:0:Exchange=pagos",
        "RabbitDemo:Topology:Bindings:0:RoutingKey=payment.pending",
        "RabbitDemo:Topology:Bindings:0:Queue=pagos_fallidos"
    ];

    private readonly OutboxUnderTest outbox = new();

    public void Dispose() => outbox.Dispose();

    [BrokerFact]
    public async Task ParksAReturnedEventWhichBlocksNothingAndPublishesItWhenAskedTo()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await AcceptAsync();
        await using (var unbound = await outbox.StartAsync(virtualHost.Amqp.ToString()))
        {
            Assert.Equal([3], (await OutboxUnderTest.TakeAsync(virtualHost, "mensajes", 1)).Ids);
            Assert.Equal([1, 2], (await ParkedAsync(unbound, 2)).Select(e => e.GetProperty("event").GetProperty("id").GetInt64()));
            Assert.Contains("NO_ROUTE", (await ParkedAsync(unbound, 2))[0].GetProperty("reason").GetString(), StringComparison.Ordinal);
            await SaysAsync(unbound, "200 Degraded: no event waits; 2 events are parked");
            Assert.Equal("parked", (await unbound.Client.GetFromJsonAsync<JsonElement>("/send/p-1")).GetProperty("outbox").GetString());
        }

        await using var bound = await outbox.StartAsync(virtualHost.Amqp.ToString(), Bound);
        using var retried = await bound.Client.PostAsJsonAsync("/outbox/parked/retry", new { all = true });

        Assert.Equal("""{"retried":2}""", await retried.Content.ReadAsStringAsync());
        Assert.Equal([1, 2], (await OutboxUnderTest.TakeAsync(virtualHost, "pagos_fallidos", 2)).Ids);
        Assert.StartsWith("200 Healthy", await OutboxUnderTest.EmptyAsync(bound), StringComparison.Ordinal);
    }

    [BrokerFact]
    public async Task ParksWhenItStopsWhatTheFileRefusedUntilThen()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await AcceptAsync();
        await using var other = new SqliteConnection($"Data Source={outbox.FirstFile};Pooling=False");
        await other.OpenAsync();
        await RunAsync(other, "BEGIN IMMEDIATE");
        await using (var unbound = await outbox.StartAsync(virtualHost.Amqp.ToString()))
        {
            await Eventually.TrueAsync("the file refuses the write", TimeSpan.FromSeconds(20),
                () => Task.FromResult(unbound.Complaints.Any(line => line.Contains("cannot be written", StringComparison.Ordinal))));
            var stopped = unbound.StopAsync();
            await RunAsync(other, "ROLLBACK");
            await stopped;
        }

        using var reader = new OutboxReader(outbox.FirstFile);
        Assert.Equal(["p-1", "p-2"], reader.Parked(0, 10).Select(parked => parked.Event.Event.MessageId));
        Assert.Empty(reader.After(0, 10));
    }

    [BrokerFact]
    public async Task ForgetsADeletedEventAndItsKey()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await AcceptAsync();
        await using var unbound = await outbox.StartAsync(virtualHost.Amqp.ToString());
        var parked = await ParkedAsync(unbound, 2);

        using var nothing = await unbound.Client.DeleteAsync("/outbox/parked");
        using var deleted = await unbound.Client.DeleteAsync($"/outbox/parked?id={parked[0].GetProperty("id").GetInt64()}");
        using var other = await OutboxUnderTest.SendAsync(unbound, 9, "?routingKey=user_events", ("Idempotency-Key", "p-1"));

        await ProblemAssert.IsProblemAsync(HttpStatusCode.BadRequest, nothing);
        Assert.Equal("""{"deleted":1}""", await deleted.Content.ReadAsStringAsync());
        Assert.Equal("p-2", Assert.Single(await ParkedAsync(unbound, 1)).GetProperty("messageId").GetString());
        Assert.Equal(HttpStatusCode.Accepted, other.StatusCode);
    }

    [BrokerFact]
    public async Task DeclaresAQueueAgainThatWasDeletedAndGoesOn()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var producer = await outbox.StartAsync(virtualHost.Amqp.ToString());
        await OutboxUnderTest.AcceptAllAsync(producer, 0, 1);
        await OutboxUnderTest.TakeAsync(virtualHost, "mensajes", 1);

        await virtualHost.DeleteQueueAsync("mensajes");
        await OutboxUnderTest.AcceptAllAsync(producer, 1, 10);

        Assert.StartsWith("200 Healthy", await OutboxUnderTest.EmptyAsync(producer), StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(1, 10).Select(id => (long)id), (await OutboxUnderTest.TakeAsync(virtualHost, "mensajes", 10)).Ids);
    }

    [BrokerFact]
    public async Task ParksWhatTheBrokerClosesTheChannelOverAndGoesOn()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using (var away = await outbox.StartAsync())
        {
            await OutboxUnderTest.AcceptAllAsync(away, 0, 5);
            await OutboxUnderTest.AcceptAllAsync(away, 5, 1, "?exchange=logs");
            await OutboxUnderTest.AcceptAllAsync(away, 6, 5);
        }

        await virtualHost.CreateInternalExchangeAsync("logs", "fanout");
        await using var producer = await outbox.StartAsync(virtualHost.Amqp.ToString());

        Assert.Equal([0, 1, 2, 3, 4, 6, 7, 8, 9, 10], (await OutboxUnderTest.TakeAsync(virtualHost, "mensajes", 10)).Ids);
        Assert.Equal(5, Assert.Single(await ParkedAsync(producer, 1)).GetProperty("event").GetProperty("id").GetInt64());
    }

    [BrokerFact]
    public async Task DoesNotMakeAProducerUnreadyThatAcceptsNothingThere()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await AcceptAsync();
        await using var producer = await outbox.StartAsync(virtualHost.Amqp.ToString(), "RabbitDemo:Delivery=Confirm", "RabbitDemo:Outbox:Capacity=2");

        await ParkedAsync(producer, 2);
        await SaysAsync(producer, "200 Degraded: The outbox is full: no event waits, 2 are parked");
        await using var other = new SqliteConnection($"Data Source={outbox.FirstFile};Pooling=False");
        await other.OpenAsync();
        await RunAsync(other, "BEGIN IMMEDIATE");
        using var unwritten = await producer.Client.DeleteAsync("/outbox/parked?all=true");
        using var sent = await OutboxUnderTest.SendAsync(producer, 4);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, unwritten.StatusCode);
        Assert.StartsWith("200 Degraded: The outbox cannot be used", await OutboxUnderTest.HealthAsync(producer), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Accepted, sent.StatusCode);
    }

    [Fact]
    public async Task NeedsTheAdminKeyOutsideDevelopment()
    {
        await using var producer = await outbox.StartAsync(settings: ["environment=Production", "RabbitDemo:AdminKey=abracadabra"]);

        await ProblemAssert.IsProblemAsync(HttpStatusCode.Unauthorized, await producer.Client.GetAsync("/outbox/parked"));
        await ProblemAssert.IsProblemAsync(HttpStatusCode.Unauthorized, await producer.Client.PostAsJsonAsync("/outbox/parked/retry", new { all = true }));
        await ProblemAssert.IsProblemAsync(HttpStatusCode.Unauthorized, await producer.Client.DeleteAsync("/outbox/parked?all=true"));
    }

    /// <summary>Two events for a queue that is bound now, then one for another.</summary>
    private async Task AcceptAsync()
    {
        await using var producer = await outbox.StartAsync(settings: Bound);
        foreach (var id in new[] { 1, 2 })
        {
            using var response = await OutboxUnderTest.SendAsync(producer, id, Query, ("Idempotency-Key", $"p-{id}"));
            Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        }

        await OutboxUnderTest.AcceptAllAsync(producer, 3, 1);
    }

    private static async Task RunAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The file may know of the last verdict a moment before the count does, or after the queue.</summary>
    private static Task<string> SaysAsync(ProducerUnderTest producer, string start) => Eventually.GetAsync(
        start, TimeSpan.FromSeconds(20), () => OutboxUnderTest.HealthAsync(producer), health => health.StartsWith(start, StringComparison.Ordinal));

    private static async Task<JsonElement[]> ParkedAsync(ProducerUnderTest producer, int count) => await Eventually.GetAsync(
        $"{count} events are parked", TimeSpan.FromSeconds(20), async () => await producer.Client.GetFromJsonAsync<JsonElement[]>("/outbox/parked") ?? [], parked => parked.Length == count);
}
