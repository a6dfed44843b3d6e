using System.Net;
using RabbitDemo.Messaging;
using RabbitDemo.Tests.Producer;
using static RabbitDemo.Tests.Store.Deliveries;

namespace RabbitDemo.Tests.Consumer;

public sealed class MessagesTests
{
    [Fact]
    public async Task ShowAnEventAsItWasSentAndHowItCame()
    {
        await using var consumer = await ConsumerUnderTest.StartAsync();
        await consumer.StoreAsync("a");

        var message = (await consumer.GetAsync("/messages")).EnumerateArray().Single();

        Assert.Equal(
            [
                "id", "tipo", "payload", "messageId", "queue", "exchange", "routingKey", "receivedAt", "processedAt", "attempts", "redelivered",
                "traceId", "consumer", "cursor"
            ],
            message.EnumerateObject().Select(m => m.Name));
        Assert.Equal("""{"usuario":"admin"}""", message.GetProperty("payload").GetRawText());
        Assert.Equal((1, "a", Noon), (message.GetProperty("attempts").GetInt32(), message.GetProperty("messageId").GetString(), message.GetProperty("receivedAt").GetDateTimeOffset()));
    }

    [Fact]
    public async Task AreTheSameOnEveryReplica()
    {
        await using var first = await ConsumerUnderTest.StartAsync();
        await using var second = await first.ReplicaAsync();
        await first.StoreAsync("a", "b");
        await second.StoreAsync("c");

        var (onFirst, onSecond) = (await first.GetAsync("/messages?after=0"), await second.GetAsync("/messages?after=0"));

        Assert.Equal(["a", "b", "c"], onFirst.EnumerateArray().Select(m => m.GetProperty("messageId").GetString()));
        Assert.Equal(onFirst.GetRawText(), onSecond.GetRawText());
    }

    [Theory]
    [InlineData("/messages?limit=0", "limit")]
    [InlineData("/messages?limit=1001", "limit")]
    [InlineData("/messages?limit=x", "limit")]
    [InlineData("/messages?after=-1", "after")]
    [InlineData("/dead-letters?state=alive", "state")]
    [InlineData("/dead-letters?limit=0", "limit")]
    [InlineData("/messages/search", "traceId")]
    [InlineData("/messages/search?limit=2", "tipo")]
    [InlineData("/messages/search?tipo=pago&id=1", "id")]
    [InlineData("/messages/search?id=x", "id")]
    [InlineData("/messages/search?traceId=0af7651916cd43dd8448eb211c80319", "traceId")]
    [InlineData("/messages/search?tipo=pago&limit=0", "limit")]
    [InlineData("/messages/search?tipo=pago&limit=201", "limit")]
    public async Task RefuseABadQueryAndNameIt(string path, string parameter)
    {
        await using var consumer = await ConsumerUnderTest.StartAsync();

        var problem = await ProblemAssert.IsProblemAsync(HttpStatusCode.BadRequest, await consumer.Client.GetAsync(path));

        Assert.Contains(parameter, problem.GetRawText());
    }

    [Fact]
    public async Task TellEveryAttempt()
    {
        await using var consumer = await ConsumerUnderTest.StartAsync();
        var (first, second, third) = (Of("a"), Again(Of("a"), 1), Again(Of("a"), 2));
        await consumer.Store.FailAsync(first, Failure(first), CancellationToken.None);
        await consumer.Store.BeginAsync(second, CancellationToken.None);
        await consumer.Store.BeginAsync(third, CancellationToken.None);
        await consumer.Store.StoreAsync(third, third.ReceivedAt.AddSeconds(1), CancellationToken.None);

        var place = (await consumer.GetAsync("/messages/a")).GetProperty("queues").EnumerateArray().Single();

        Assert.Equal(
            ["1 failed", "2 unfinished", "3 stored"],
            place.GetProperty("attempts").EnumerateArray().Select(a => $"{a.GetProperty("number").GetInt32()} {a.GetProperty("outcome").GetString()}"));
        Assert.Equal(("stored", 3), (place.GetProperty("state").GetString(), place.GetProperty("message").GetProperty("attempts").GetInt32()));
    }

    [Fact]
    public async Task TellEveryDeadLetter()
    {
        await using var consumer = await ConsumerUnderTest.StartAsync();
        await consumer.Store.FailAsync(Of("a"), Failure(Of("a")), CancellationToken.None);
        await consumer.Store.BuryAsync(Letter(Of("a")), CancellationToken.None);
        await consumer.Store.BuryAsync(Letter(Of("a") with { Redrive = 1, Exchange = "logs" }, DeathReasons.HandlerTimedOut, attempts: 2), CancellationToken.None);

        var place = (await consumer.GetAsync("/messages/a")).GetProperty("queues").EnumerateArray().Single();
        var letters = place.GetProperty("deadLetters").EnumerateArray().ToArray();

        Assert.Equal(
            ["id", "reason", "error", "publishedAt", "diedAt", "attempts", "state", "settledAt", "redrive", "exchange", "routingKey", "traceId"],
            letters[0].EnumerateObject().Select(m => m.Name));
        Assert.Equal(
            ["1 handler-failed 4 redriven 0 ", "2 handler-timed-out 2 dead 1 logs"],
            letters.Select(l => $"{l.GetProperty("id")} {l.GetProperty("reason")} {l.GetProperty("attempts")} {l.GetProperty("state")} {l.GetProperty("redrive")} {l.GetProperty("exchange")}"));
        Assert.Equal(
            ("dead", 1, "registro", "0af7651916cd43dd8448eb211c80319c", Noon.AddSeconds(-1)),
            (place.GetProperty("state").GetString(), place.GetProperty("id").GetInt32(), place.GetProperty("tipo").GetString(), letters[1].GetProperty("traceId").GetString(),
                place.GetProperty("publishedAt").GetDateTimeOffset()));
    }

    [Fact]
    public async Task TellWhatAnEventIsThatIsNotStoredYet()
    {
        await using var consumer = await ConsumerUnderTest.StartAsync();
        await consumer.Store.FailAsync(Of("a"), Failure(Of("a")), CancellationToken.None);

        var place = (await consumer.GetAsync("/messages/a")).GetProperty("queues").EnumerateArray().Single();

        Assert.Equal(
            ("waiting", 1, "registro", "0af7651916cd43dd8448eb211c80319c", 0),
            (place.GetProperty("state").GetString(), place.GetProperty("id").GetInt32(), place.GetProperty("tipo").GetString(),
                place.GetProperty("traceId").GetString(), place.GetProperty("deadLetters").GetArrayLength()));
    }

    [Fact]
    public async Task AreFoundByWhatIsKnownOfThem()
    {
        await using var consumer = await ConsumerUnderTest.StartAsync();
        await consumer.StoreAsync("a");

        foreach (var query in new[] { "messageId=a", "id=1", "tipo=registro", "traceId=0AF7651916CD43DD8448EB211C80319C&limit=1" })
        {
            var found = (await consumer.GetAsync($"/messages/search?{query}")).EnumerateArray().Single();

            Assert.Equal(
                """{"messageId":"a","queue":"mensajes","state":"stored","since":"2026-05-04T12:00:00+00:00","id":1,"tipo":"registro","traceId":"0af7651916cd43dd8448eb211c80319c","attempts":1}""",
                found.GetRawText());
        }

        Assert.Equal("[]", (await consumer.GetAsync("/messages/search?messageId=search")).GetRawText());
    }

    [Fact]
    public async Task AnswerNotFoundForAnUnknownIdAndNoStateOfIt()
    {
        await using var consumer = await ConsumerUnderTest.StartAsync();

        await ProblemAssert.IsProblemAsync(HttpStatusCode.NotFound, await consumer.Client.GetAsync("/messages/none"));

        Assert.Equal("[]", (await consumer.GetAsync("/messages/none/state")).GetRawText());
    }

    /// <summary>A foreign client may name its messages so.</summary>
    [Theory]
    [InlineData("pedidos/1")]
    [InlineData("a b/ñ+%3F/")]
    [InlineData("a%2Fb")]
    [InlineData("a%2fb/")]
    public async Task AreFoundUnderAnIdThatIsNoPlainSegment(string id)
    {
        await using var consumer = await ConsumerUnderTest.StartAsync();
        await consumer.StoreAsync(id);

        var history = await consumer.GetAsync($"/messages/{Uri.EscapeDataString(id)}");
        var states = await consumer.GetAsync($"/messages/{Uri.EscapeDataString(id)}/state");

        Assert.Equal(id, history.GetProperty("messageId").GetString());
        Assert.Equal("stored", states[0].GetProperty("state").GetString());
    }

    [Fact]
    public async Task TellTheStateInEachQueue()
    {
        await using var consumer = await ConsumerUnderTest.StartAsync();
        await consumer.StoreAsync("a");
        await consumer.Store.BuryAsync(Letter(Of("a", queue: "otra"), DeathReasons.Unreadable), CancellationToken.None);

        var states = await consumer.GetAsync("/messages/a/state");

        Assert.Equal("""[{"queue":"mensajes","state":"stored"},{"queue":"otra","state":"dead"}]""", states.GetRawText());
    }
}
