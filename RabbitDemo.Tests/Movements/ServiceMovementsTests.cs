using System.Net;
using System.Text;
using RabbitDemo.Messaging;
using RabbitDemo.Tests.Brokers;
using RabbitDemo.Tests.Producer;

namespace RabbitDemo.Tests.Movements;

/// <summary>The feed of the real services, through <c>POST /send</c>.</summary>
[Collection(SecondBrokerCollection.Name)]
public sealed class ServiceMovementsTests(TestBroker broker)
{
    /// <summary>What is tested is what is told of an outcome, not how fast it comes.</summary>
    private const string Patient = "RabbitDemo:Publisher:Deadline=00:00:10";

    [BrokerFact]
    public async Task TellsTheQueuesOfAPublishByTheRulesOfEachExchange()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var hearing = await Hearing.StartAsync(virtualHost.Amqp);
        await using var producer = await ProducerUnderTest.StartAsync($"{virtualHost.Amqp}", "environment=Development", Patient);
        await producer.ReadyAsync();
        await hearing.WhenHeardAsync("producer");

        await SendAsync(producer, "topic", "exchange=mi_exchange&routingKey=user.created");
        await SendAsync(producer, "fanout", "exchange=logs");
        await SendAsync(producer, "direct", "exchange=pagos&routingKey=payment.failed");
        await SendAsync(producer, "headers-eu", "exchange=regiones", ("X-Amqp-region", "EU"));
        await SendAsync(producer, "headers-us", "exchange=regiones", ("X-Amqp-region", "US"));
        await SendAsync(producer, "default", "");

        Assert.Equal(["user_events", "auditoria"], (await hearing.MovementAsync(MovementKind.Published, "topic")).Queues);
        Assert.Equal(["logs_archivo", "logs_alertas"], (await hearing.MovementAsync(MovementKind.Published, "fanout")).Queues);
        Assert.Equal(["pagos_fallidos"], (await hearing.MovementAsync(MovementKind.Published, "direct")).Queues);
        Assert.Equal(["region_eu"], (await hearing.MovementAsync(MovementKind.Published, "headers-eu")).Queues);
        Assert.Equal(["region_us"], (await hearing.MovementAsync(MovementKind.Published, "headers-us")).Queues);
        var last = await hearing.MovementAsync(MovementKind.Published, "default");
        Assert.Equal(["mensajes"], last.Queues);
        Assert.Equal(32, last.TraceId?.Length);
        Assert.Equal(1, hearing.CountOf(MovementKind.Published, "auditoria"));
        Assert.Equal(6, hearing.CountOf(MovementKind.Published, "")); // each once, though two of them reach two queues
    }

    [BrokerFact]
    public async Task TellsWhatTheProducerHasPublishedSinceItsStart()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var hearing = await Hearing.StartAsync(virtualHost.Amqp);
        await using var producer = await ProducerUnderTest.StartAsync($"{virtualHost.Amqp}", "environment=Development", Patient);
        await producer.ReadyAsync();
        await SendAsync(producer, "confirmed", "");
        await SendAsync(producer, "returned", "exchange=pagos&routingKey=nobody.wants.it", HttpStatusCode.UnprocessableEntity);

        var publishes = await Eventually.GetAsync(
            "the producer's counters are told with both outcomes", TimeSpan.FromSeconds(10),
            () => Task.FromResult(hearing.Batches.LastOrDefault(batch => batch.Service == "producer")?.Publishes),
            told => told?.Attempted == 2 && told.Confirmed + told.Returned + told.Refused + told.Unknown == 2);

        Assert.Equal(new PublishCounts(Attempted: 2, Confirmed: 1, Returned: 1, Refused: 0, Unknown: 0), publishes);
    }

    [BrokerTheory]
    [InlineData("Development", null, true)]
    [InlineData("Development", "false", false)]
    [InlineData("Production", null, false)]
    [InlineData("Production", "true", true)]
    public async Task IsOnInDevelopmentUnlessToldOtherwise(string environment, string? setting, bool on)
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var producer = await ProducerUnderTest.StartAsync(
            $"{virtualHost.Amqp}", [$"environment={environment}", .. setting is null ? Array.Empty<string>() : [$"RabbitDemo:Movements={setting}"]]);

        Assert.Equal(on, producer.Has<MovementFeed>());
        Assert.Equal(on, producer.Has<MovementLog>());
    }

    private static Task SendAsync(ProducerUnderTest producer, string messageId, string query, params (string Name, string Value)[] headers) =>
        SendAsync(producer, messageId, query, HttpStatusCode.Accepted, headers);

    private static async Task SendAsync(
        ProducerUnderTest producer, string messageId, string query, HttpStatusCode status, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/send?{query}")
        {
            Content = new StringContent("""{"id":1,"tipo":"registro","payload":{}}""", Encoding.UTF8, "application/json")
        };
        request.Headers.Add("Idempotency-Key", messageId);
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);

        using var response = await producer.Client.SendAsync(request);
        Assert.Equal(status, response.StatusCode);
    }
}
