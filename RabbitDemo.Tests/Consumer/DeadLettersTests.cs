using System.Net;
using System.Net.Http.Json;
using RabbitDemo.Messaging;
using RabbitDemo.Tests.Brokers;
using RabbitDemo.Tests.Producer;
using static RabbitDemo.Tests.Store.Deliveries;

namespace RabbitDemo.Tests.Consumer;

[Collection(BrokerCollection.Name)]
public sealed class DeadLettersTests(TestBroker broker)
{
    [Fact]
    public async Task ShowTheBodyAsJsonAsTextOrAsBase64()
    {
        await using var consumer = await ConsumerUnderTest.StartAsync();
        byte[][] bodies = ["{\"x\":1}"u8.ToArray(), "hola"u8.ToArray(), [0xff, 0x00], [.. "{\"x\":\""u8, 0xf1, .. "\"}"u8]];
        foreach (var (body, i) in bodies.Select((b, i) => (b, i)))
            await consumer.Store.BuryAsync(Letter(Of($"id-{i}"), DeathReasons.Unreadable) with { Body = body }, CancellationToken.None);

        var letters = (await consumer.GetAsync("/dead-letters?reason=unreadable&queue=mensajes")).EnumerateArray().ToArray();

        Assert.Equal(["json {\"x\":1}", "text \"hola\"", "base64 \"/wA=\"", "base64 \"eyJ4Ijoi8SJ9\""],
            letters.Select(l => $"{l.GetProperty("bodyIs").GetString()} {l.GetProperty("body").GetRawText()}"));
        Assert.Equal(4, letters[0].GetProperty("totalAttempts").GetInt32());
    }

    [Fact]
    public async Task AreListedOfOneMessage()
    {
        await using var consumer = await ConsumerUnderTest.StartAsync();
        foreach (var (id, queue) in new[] { ("a", "mensajes"), ("b", "mensajes"), ("a", "otra") })
            await consumer.Store.BuryAsync(Letter(Of(id, queue)), CancellationToken.None);

        var (everywhere, inOne) = (await consumer.GetAsync("/dead-letters?messageId=a"), await consumer.GetAsync("/dead-letters?messageId=a&queue=otra&after=0"));

        Assert.Equal([1, 3], everywhere.EnumerateArray().Select(l => l.GetProperty("id").GetInt32()));
        Assert.Equal([3], inOne.EnumerateArray().Select(l => l.GetProperty("id").GetInt32()));
    }

    [Fact]
    public async Task AreDiscardedByIdAndByFilter()
    {
        await using var consumer = await ConsumerUnderTest.StartAsync();
        foreach (var id in new[] { "a", "b", "c" })
            await consumer.Store.BuryAsync(Letter(Of(id)), CancellationToken.None);

        var one = await consumer.Client.DeleteFromJsonAsync<Dictionary<string, int>>("/dead-letters?id=1&id=77");
        var rest = await consumer.Client.DeleteFromJsonAsync<Dictionary<string, int>>("/dead-letters?all=true&queue=mensajes");
        await ProblemAssert.IsProblemAsync(HttpStatusCode.BadRequest, await consumer.Client.DeleteAsync("/dead-letters"));

        Assert.Equal((1, 2), (one?["deleted"], rest?["deleted"]));
        Assert.Equal(3, (await consumer.GetAsync("/ledger")).GetProperty("queues")[0].GetProperty("discarded").GetInt32());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"ids": []}""")]
    [InlineData("""{"ids": [1], "all": true}""")]
    [InlineData("""{"count": 0}""")]
    [InlineData("""{"everything": true}""")]
    public async Task AreNotRedrivenByARequestThatDoesNotSayWhich(string body)
    {
        await using var consumer = await ConsumerUnderTest.StartAsync();

        var response = await consumer.Client.PostAsync("/dead-letters/redrive", new StringContent(body, mediaType: new("application/json")));

        await ProblemAssert.IsProblemAsync(HttpStatusCode.BadRequest, response);
    }

    [Fact]
    public async Task StayDeadWhenTheBrokerCannotTakeThem()
    {
        await using var consumer = await ConsumerUnderTest.StartAsync();
        await consumer.Store.BuryAsync(Letter(Of("a")), CancellationToken.None);

        var result = await consumer.PostAsync("/dead-letters/redrive", """{"all": true}""");

        Assert.Equal((0, true), (result.GetProperty("redriven").GetInt32(), result.GetProperty("remaining").GetBoolean()));
        Assert.Equal("dead", (await consumer.GetAsync("/dead-letters")).EnumerateArray().Single().GetProperty("state").GetString());
    }

    [BrokerFact]
    public async Task AreRedrivenToTheirQueueAndStored()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var consumer = await ConsumerUnderTest.StartAsync(virtualHost.Amqp, "RabbitDemo:Publisher:Deadline=00:00:20");
        await Eventually.TrueAsync("the consumer is ready", TimeSpan.FromSeconds(20), async () => (await consumer.Client.GetAsync("/health")).IsSuccessStatusCode);
        await consumer.Store.FailAsync(Of("a"), Failure(Of("a")), CancellationToken.None);
        await consumer.Store.BuryAsync(Letter(Of("a"), attempts: 1), CancellationToken.None);

        var result = await consumer.PostAsync("/dead-letters/redrive", """{"ids": [1, 9]}""");
        var place = await Eventually.GetAsync("it is stored", TimeSpan.FromSeconds(10),
            async () => (await consumer.GetAsync("/messages/a")).GetProperty("queues")[0], p => p.GetProperty("state").GetString() == "stored");

        Assert.Equal(["redriven", "not-found"], result.GetProperty("letters").EnumerateArray().Select(l => l.GetProperty("outcome").GetString()));
        Assert.Equal((2, 1), (place.GetProperty("message").GetProperty("attempts").GetInt32(), place.GetProperty("redrives").GetInt32()));
        Assert.Equal("redriven", (await consumer.GetAsync("/dead-letters?state=any")).EnumerateArray().Single().GetProperty("state").GetString());
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", place.GetProperty("message").GetProperty("traceId").GetString());
        Assert.Equal(Noon.AddSeconds(-1), place.GetProperty("publishedAt").GetDateTimeOffset());
    }
}
