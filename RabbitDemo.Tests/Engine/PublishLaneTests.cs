using RabbitDemo.Messaging;
using RabbitDemo.Tests.Brokers;
using RabbitMQ.Client;

namespace RabbitDemo.Tests.Engine;

[Collection(BrokerCollection.Name)]
public sealed class PublishLaneTests(TestBroker broker)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [BrokerFact]
    public async Task GivesRequestsAChannelOfTheirOwnAndOrderedEventsOneForEachNumber()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var engine = await StartAsync(virtualHost);

        Assert.Equal((1, true), Channels(engine, PublishLane.Requests, PublishLane.Requests));
        Assert.Equal((3, false), Channels(engine, PublishLane.Any, PublishLane.Any, PublishLane.Any, PublishLane.Any));
        Assert.Equal((1, false), Channels(engine, PublishLane.Ordered(7), PublishLane.Ordered(7), PublishLane.Ordered(10)));
        Assert.Equal((3, false), Channels(engine, PublishLane.Ordered(0), PublishLane.Ordered(1), PublishLane.Ordered(uint.MaxValue), PublishLane.Ordered(2)));
    }

    [BrokerFact]
    public async Task ReplacesTheOneForRequestsByAnotherForRequests()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var engine = await StartAsync(virtualHost);
        var first = engine.Connection.TrySend(Publish(), PublishLane.Requests);

        first!.EndAlone("the test ends it");
        var second = await Eventually.GetAsync("another takes its place", Soon, () => Task.FromResult(engine.Connection.TrySend(Publish(), PublishLane.Requests)), channel => channel is not null);

        Assert.NotSame(first, second);
        Assert.True(second!.IsForRequests);
        Assert.Equal((1, 0), (engine.ChannelsReplaced, engine.Reconnects));
    }

    private static async Task<EngineHost> StartAsync(TestVirtualHost virtualHost)
    {
        var engine = await EngineHost.StartAsync(virtualHost, (_, _) => Task.CompletedTask, new KeyValuePair<string, string?>("RabbitDemo:Publisher:Channels", "3"));
        await Eventually.GetAsync("a publish is confirmed", Soon, () => engine.PublishAsync("first"), outcome => outcome.Status == PublishStatus.Confirmed);
        return engine;
    }

    /// <summary>How many channels take an event of each of these lanes, and whether they are for requests.</summary>
    private static (int Count, bool AreForRequests) Channels(EngineHost engine, params PublishLane[] lanes)
    {
        var channels = lanes.Select(lane => engine.Connection.TrySend(Publish(), lane)).ToHashSet();
        Assert.DoesNotContain(null, channels);
        return (channels.Count, channels.Select(channel => channel!.IsForRequests).Distinct().Single());
    }

    private static PendingPublish Publish() =>
        new(new("", EngineHost.Queue, new BasicProperties { Headers = new Dictionary<string, object?>() }, "{}"u8.ToArray()), long.MaxValue);
}
