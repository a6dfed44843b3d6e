using System.Net;
using RabbitDemo.Consumer.Faults;
using RabbitDemo.Tests.Producer;
using static RabbitDemo.Tests.Store.Deliveries;

namespace RabbitDemo.Tests.Consumer;

public sealed class FaultsTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task FailTheNextSoManyAttemptsOfAllReplicasTogether()
    {
        await using var first = await ConsumerUnderTest.StartAsync();
        await using var second = await first.ReplicaAsync();
        await PutAsync(first, """{"failNext": 3}""");
        await Eventually.TrueAsync("the other replica fails too", Soon, () => FailsAsync(second, "registro"));

        var failures = 1;
        for (var i = 0; i < 10; i++)
            failures += await FailsAsync(i % 2 == 0 ? first : second, "registro") ? 1 : 0;

        Assert.Equal(3, failures);
        Assert.Equal(0, (await second.GetAsync("/faults")).GetProperty("failNext").GetInt32());
    }

    [Fact]
    public async Task FailByTipoUntilThePlanIsEmptied()
    {
        await using var consumer = await ConsumerUnderTest.StartAsync();
        await PutAsync(consumer, """{"failTipos": ["malo"]}""");

        Assert.True(await FailsAsync(consumer, "malo"));
        Assert.False(await FailsAsync(consumer, "bueno"));
        await PutAsync(consumer, "{}");
        Assert.False(await FailsAsync(consumer, "malo"));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(100, 50)]
    public async Task FailAShareOfTheAttempts(int percent, int expected)
    {
        await using var consumer = await ConsumerUnderTest.StartAsync();
        await PutAsync(consumer, $$"""{"failPercent": {{percent}}}""");

        var failures = 0;
        for (var i = 0; i < 50; i++)
            failures += await FailsAsync(consumer, "registro") ? 1 : 0;

        Assert.Equal(expected, failures);
    }

    [Fact]
    public async Task HangUntilTheTimeLimit()
    {
        await using var consumer = await ConsumerUnderTest.StartAsync();
        await PutAsync(consumer, """{"hangTipos": ["lento"]}""");
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => consumer.Handler.HandleAsync(Of("a", tipo: "lento"), limit.Token));
    }

    [Theory]
    [InlineData("""{"failNext": -1}""")]
    [InlineData("""{"failPercent": 101}""")]
    [InlineData("""{"failPercent": -1}""")]
    [InlineData("""{"failPercent": 1.5}""")]
    [InlineData("""{"prefetch": {"mensajes": 0}}""")]
    [InlineData("""{"prefetch": {"*": 65536}}""")]
    [InlineData("""{"delayMilliseconds": {"mensajes": 600001}}""")]
    [InlineData("""{"failnxt": 1}""")]
    public async Task AreRefusedWhenTheyMakeNoSense(string plan)
    {
        await using var consumer = await ConsumerUnderTest.StartAsync();

        var response = await consumer.Client.PutAsync("/faults", new StringContent(plan, mediaType: new("application/json")));

        await ProblemAssert.IsProblemAsync(HttpStatusCode.BadRequest, response);
    }

    [Fact]
    public async Task DoNotExistOutsideDevelopment()
    {
        await using var consumer = await ConsumerUnderTest.StartAsync("environment=Production", "RabbitDemo:AdminKey=llave");

        Assert.Equal(HttpStatusCode.NotFound, (await consumer.Client.GetAsync("/faults")).StatusCode);
        Assert.IsNotType<FaultingInbox>(consumer.Inbox);
        Assert.IsNotType<FaultyHandler>(consumer.Handler);
    }

    [Theory]
    [InlineData("/messages")]
    [InlineData("/messages/a")]
    [InlineData("/dead-letters")]
    [InlineData("/ledger")]
    public async Task NothingIsShownOutsideDevelopmentWithoutTheKey(string path)
    {
        await using var consumer = await ConsumerUnderTest.StartAsync("environment=Production", "RabbitDemo:AdminKey=llave");
        await consumer.StoreAsync("a");

        var without = await consumer.Client.GetAsync(path);
        consumer.Client.DefaultRequestHeaders.Add("X-Admin-Key", "llave");
        var with = await consumer.Client.GetAsync(path);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (without.StatusCode, with.StatusCode));
    }

    private static async Task PutAsync(ConsumerUnderTest consumer, string plan) =>
        (await consumer.Client.PutAsync("/faults", new StringContent(plan, mediaType: new("application/json")))).EnsureSuccessStatusCode();

    private static async Task<bool> FailsAsync(ConsumerUnderTest consumer, string tipo)
    {
        try
        {
            await consumer.Handler.HandleAsync(Of("a", tipo: tipo), CancellationToken.None);
            return false;
        }
        catch (PlannedFaultException)
        {
            return true;
        }
    }
}
