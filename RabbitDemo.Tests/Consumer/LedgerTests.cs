using System.Net;
using RabbitDemo.Tests.Producer;
using static RabbitDemo.Tests.Store.Deliveries;

namespace RabbitDemo.Tests.Consumer;

public sealed class LedgerTests
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
