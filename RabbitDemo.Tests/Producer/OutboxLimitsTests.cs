using System.Net;
using Microsoft.Data.Sqlite;

namespace RabbitDemo.Tests.Producer;

/// <summary>What the outbox does not take.</summary>
public sealed class OutboxLimitsTests : IDisposable
{
    private readonly OutboxUnderTest outbox = new();

    public void Dispose() => outbox.Dispose();

    [Fact]
    public async Task TakesAKeyOnceAndRefusesAnotherEventUnderIt()
    {
        await using var producer = await outbox.StartAsync();

        using var first = await OutboxUnderTest.SendAsync(producer, 1, "", ("Idempotency-Key", "k"));
        using var again = await OutboxUnderTest.SendAsync(producer, 1, "", ("Idempotency-Key", "k"));
        using var another = await OutboxUnderTest.SendAsync(producer, 2, "", ("Idempotency-Key", "k"));
        using var elsewhere = await OutboxUnderTest.SendAsync(producer, 1, "?routingKey=order_events", ("Idempotency-Key", "k"));

        Assert.Equal([HttpStatusCode.Accepted, HttpStatusCode.Accepted, HttpStatusCode.Accepted], [first.StatusCode, again.StatusCode, elsewhere.StatusCode]);
        var problem = await ProblemAssert.IsProblemAsync(HttpStatusCode.Conflict, another);
        Assert.Equal("k", problem.GetProperty("messageId").GetString());
        Assert.StartsWith("200 Degraded: 2 events wait", await OutboxUnderTest.HealthAsync(producer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TakesTwoRoutesForTwoThoughTheirPartsAreAlikeWhenJoined()
    {
        await using var producer = await outbox.StartAsync();

        using var first = await OutboxUnderTest.SendAsync(producer, 1, "?exchange=mi_exchange&routingKey=user.a%00n%00v", ("Idempotency-Key", "k"));
        using var second = await OutboxUnderTest.SendAsync(producer, 1, "?exchange=mi_exchange&routingKey=user.a", ("Idempotency-Key", "k"), ("X-Amqp-N", "v"));

        Assert.Equal([HttpStatusCode.Accepted, HttpStatusCode.Accepted], [first.StatusCode, second.StatusCode]);
        Assert.StartsWith("200 Degraded: 2 events wait", await OutboxUnderTest.HealthAsync(producer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RemembersKeysAfterARestartAndForAsLongAsTheSettingSays()
    {
        await using (var first = await outbox.StartAsync())
            await SendAsync(first, 1, "k");

        await using (var second = await outbox.StartAsync())
            await ProblemAssert.IsProblemAsync(HttpStatusCode.Conflict, await SendAsync(second, 2, "k"));

        await using var third = await outbox.StartAsync(settings: "RabbitDemo:Outbox:KeepKeys=10");
        await OutboxUnderTest.AcceptAllAsync(third, 10, 1_100);
        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync(third, 2, "k")).StatusCode);

        static Task<HttpResponseMessage> SendAsync(ProducerUnderTest producer, long id, string key) =>
            OutboxUnderTest.SendAsync(producer, id, "", ("Idempotency-Key", key));
    }

    [Fact]
    public async Task AnswersServiceUnavailableWhenItIsFull()
    {
        await using var producer = await outbox.StartAsync(settings: "RabbitDemo:Outbox:Capacity=3");
        await OutboxUnderTest.AcceptAllAsync(producer, 0, 3);

        using var response = await OutboxUnderTest.SendAsync(producer, 4, "", ("Idempotency-Key", "cuatro"));

        var problem = await ProblemAssert.IsProblemAsync(HttpStatusCode.ServiceUnavailable, response);
        Assert.Equal(TimeSpan.FromSeconds(2), response.Headers.RetryAfter?.Delta);
        Assert.Equal("cuatro", problem.GetProperty("messageId").GetString());
        Assert.StartsWith("503 Unhealthy: The outbox is full: 3 events wait", await OutboxUnderTest.HealthAsync(producer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RefusesWhatNoQueueWouldGetBeforeItIsPromised()
    {
        await using var producer = await outbox.StartAsync();

        await ProblemAssert.IsProblemAsync(HttpStatusCode.UnprocessableEntity, await OutboxUnderTest.SendAsync(producer, 1, "?exchange=pagos&routingKey=payment.pending"));
        await ProblemAssert.IsProblemAsync(HttpStatusCode.NotFound, await OutboxUnderTest.SendAsync(producer, 1, "?exchange=nadie"));
    }

    [Fact]
    public async Task AcceptsNothingWhileItsFileCannotBeWrittenAndIsReadyWhenItCan()
    {
        await using var producer = await outbox.StartAsync();
        await using var other = new SqliteConnection($"Data Source={outbox.FirstFile};Pooling=False");
        await other.OpenAsync();

        await RunAsync("BEGIN IMMEDIATE");
        await ProblemAssert.IsProblemAsync(HttpStatusCode.ServiceUnavailable, await OutboxUnderTest.SendAsync(producer, 1));
        Assert.StartsWith("503 Unhealthy: The outbox cannot be used", await OutboxUnderTest.HealthAsync(producer), StringComparison.Ordinal);
        await RunAsync("ROLLBACK");
        Assert.StartsWith("200 Degraded", await OutboxUnderTest.HealthAsync(producer), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Accepted, (await OutboxUnderTest.SendAsync(producer, 1)).StatusCode);

        async Task RunAsync(string sql)
        {
            await using var command = other.CreateCommand();
            command.CommandText = sql;
            await command.ExecuteNonQueryAsync();
        }
    }
}
