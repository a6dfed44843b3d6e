using RabbitDemo.Messaging;
using RabbitDemo.Tests.Brokers;

namespace RabbitDemo.Tests.Engine;

[Collection(BrokerCollection.Name)]
public sealed class ForbiddenMessageTests(TestBroker broker)
{
    /// <summary>The broker closes the channel over each, and nothing says which message it was.</summary>
    [BrokerFact]
    public async Task EndsAFewChannelsAndNotTheConnection()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await virtualHost.CreateInternalExchangeAsync("pagos", "direct");
        await using var engine = await EngineHost.StartAsync(virtualHost, (_, _) => Task.CompletedTask, new KeyValuePair<string, string?>("RabbitDemo:Publisher:Deadline", "00:00:20"));

        var forbidden = await engine.PublishAsync("forbidden", route: new("pagos", "x"));

        var allowed = await engine.PublishAsync("allowed");

        // The sender knows of the last end before another channel has the place of that one.
        await Eventually.TrueAsync("the third channel is replaced", TimeSpan.FromSeconds(5), () => Task.FromResult(engine.ChannelsReplaced == 3));

        Assert.Equal(PublishStatus.Unknown, forbidden.Status);
        Assert.Contains("ACCESS_REFUSED", forbidden.Reason);
        Assert.Equal(0, engine.Reconnects);
        Assert.Equal(PublishStatus.Confirmed, allowed.Status);
    }

    /// <summary>A routing key has 255 bytes at most; the endpoints do not let a longer one through.</summary>
    [BrokerFact]
    public async Task RefusesWhatTheClientCannotWriteAndKeepsTheConnection()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var engine = await EngineHost.StartAsync(virtualHost, (_, _) => Task.CompletedTask);

        var refused = await engine.PublishAsync("refused", route: new("pagos", new string('x', 256)));
        var allowed = await engine.PublishAsync("allowed");

        Assert.Equal((PublishStatus.Refused, PublishStatus.Confirmed), (refused.Status, allowed.Status));
        Assert.Equal(0, engine.Reconnects);
    }
}
