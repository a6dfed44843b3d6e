using RabbitDemo.Messaging;
using RabbitDemo.Tests.Brokers;

namespace RabbitDemo.Tests.Engine;

[Collection(BrokerCollection.Name)]
public sealed class ForbiddenMessageTests(TestBroker broker)
{
    /// <summary>The broker closes the channel over each, and nothing says which message it was.</summary>
    [BrokerFact]
    public async Task EndsTheConnectionAFewTimesAndNotUntilItsDeadline()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await virtualHost.CreateInternalExchangeAsync("pagos", "direct");
        await using var engine = await EngineHost.StartAsync(virtualHost, (_, _) => Task.CompletedTask, new KeyValuePair<string, string?>("RabbitDemo:Publisher:Deadline", "00:00:20"));

        var forbidden = await engine.PublishAsync("forbidden", route: new("pagos", "x"));

        // The sender knows of the last end before the connection's status says so.
        await Eventually.TrueAsync("the third ended connection is counted", TimeSpan.FromSeconds(5), () => Task.FromResult(engine.Reconnects == 3));
        await engine.WhenReadyAsync(TimeSpan.FromSeconds(5));
        var allowed = await engine.PublishAsync("allowed");

        Assert.Equal(PublishStatus.Unknown, forbidden.Status);
        Assert.Contains("ACCESS_REFUSED", forbidden.Reason);
        Assert.Equal(3, engine.Reconnects);
        Assert.Equal(PublishStatus.Confirmed, allowed.Status);
    }
}
