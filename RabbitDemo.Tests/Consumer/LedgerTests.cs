using System.Net;
using RabbitDemo.Tests.Brokers;
using RabbitDemo.Tests.Producer;
using RabbitMQ.Client;
using static RabbitDemo.Tests.Store.Deliveries;

namespace RabbitDemo.Tests.Consumer;

[Collection(BrokerCollection.Name)]
public sealed class LedgerTests(TestBroker broker)
{
    [Fact]
    public async Task ShowsTheBooksOfTheServiceOnEveryReplica()
    {
        await using var first = await ConsumerUnderTest.StartAsync();
        await using var second = await first.ReplicaAsync();
        await first.StoreAsync("a", "b");
        await second.Store.BuryAsync(Letter(Of("c")), CancellationToken.None);
        await second.Store.FailAsync(Of("d"), Failure(Of("d")), CancellationToken.None);

        var (onFirst, onSecond) = (await first.GetAsync("/ledger"), await second.GetAsync("/ledger"));

        var books = onFirst.GetProperty("queues").EnumerateArray().Single();
        Assert.Equal((2, 1, 1), (books.GetProperty("stored").GetInt32(), books.GetProperty("dead").GetInt32(), books.GetProperty("attempted").GetInt32()));
        Assert.Equal(onFirst.GetProperty("queues").GetRawText(), onSecond.GetProperty("queues").GetRawText());
    }

    [Theory]
    [InlineData("application/json", """[{"messageId": "a"}, {"messageId": "none", "queue": "mensajes"}]""")]
    [InlineData("application/x-ndjson", "{\"messageId\": \"a\"}\n{\"messageId\": \"none\", \"queue\": \"mensajes\"}\n")]
    public async Task AuditsAListOfAcceptedEvents(string contentType, string body)
    {
        await using var consumer = await ConsumerUnderTest.StartAsync();
        await consumer.StoreAsync("a", "extra");

        var response = await consumer.Client.PostAsync("/ledger/audit?atBroker=0", new StringContent(body, mediaType: new(contentType)));
        var report = System.Text.Json.JsonElement.Parse(await response.Content.ReadAsStringAsync());

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal((1, 1, 1), (report.GetProperty("stored").GetInt32(), report.GetProperty("missing").GetInt32(), report.GetProperty("unclaimed").GetInt32()));
    }

    [BrokerFact]
    public async Task CallsNothingMissingThatAnotherConsumerMayHold()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var consumer = await ConsumerUnderTest.StartAsync(virtualHost.Amqp);
        await Eventually.TrueAsync("the consumer is ready", TimeSpan.FromSeconds(20), async () => (await consumer.Client.GetAsync("/health")).IsSuccessStatusCode);
        const string Accepted = """[{"messageId": "none", "queue": "mensajes"}]""";

        var alone = await consumer.PostAsync("/ledger/audit", Accepted);
        await using var connection = await virtualHost.ConnectAsync(CancellationToken.None);
        await using var channel = await connection.CreateChannelAsync();
        await channel.BasicConsumeAsync("mensajes", autoAck: false, new AsyncDefaultBasicConsumer(channel));
        var beside = await consumer.PostAsync("/ledger/audit", Accepted);
        var afterAll = await consumer.PostAsync("/ledger/audit?atBroker=0", Accepted);

        Assert.Equal(["missing", "waiting", "missing"],
            new[] { alone, beside, afterAll }.Select(report => report.GetProperty("events")[0].GetProperty("place").GetString()));
    }

    [Fact]
    public async Task AuditsNothingForABrokerThatHoldsLessThanNoMessage()
    {
        await using var consumer = await ConsumerUnderTest.StartAsync();

        var response = await consumer.Client.PostAsync("/ledger/audit?atBroker=-1", new StringContent("[]", mediaType: new("application/json")));

        var problem = await ProblemAssert.IsProblemAsync(HttpStatusCode.BadRequest, response);
        Assert.Equal("atBroker must be 0 or more.", problem.GetProperty("errors").GetProperty("atBroker")[0].GetString());
    }

    [Theory]
    [InlineData("[")]
    [InlineData("""[{"messageId": "a"}, {"id": 2}]""")]
    [InlineData("""[{"messageId": ""}]""")]
    public async Task NamesTheItemOfAnAuditThatIsWrong(string body)
    {
        await using var consumer = await ConsumerUnderTest.StartAsync();

        var response = await consumer.Client.PostAsync("/ledger/audit", new StringContent(body, mediaType: new("application/json")));

        var problem = await ProblemAssert.IsProblemAsync(HttpStatusCode.BadRequest, response);
        Assert.Contains("Item ", problem.GetProperty("detail").GetString());
    }
}
