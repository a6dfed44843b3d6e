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
        await engine.WhenReadyAsync(TimeSpan.FromSeconds(5));
        var allowed = await engine.PublishAsync("allowed");

        Assert.Equal(PublishStatus.Unknown, forbidden.Status);
        Assert.Contains("ACCESS_REFUSED", forbidden.Reason);
        Assert.InRange(engine.Reconnects, 2, 3);
        Assert.Equal(PublishStatus.Confirmed, allowed.Status);
    }
}
