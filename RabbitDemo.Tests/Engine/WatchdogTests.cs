using RabbitDemo.Tests.Brokers;
using RabbitDemo.Tests.Chaos;

namespace RabbitDemo.Tests.Engine;

/// <summary>Messages lie ready and none is delivered: of a lost consumer, and of one that has not its turn.</summary>
[Collection(BrokerCollection.Name)]
public sealed class WatchdogTests(TestBroker broker)
{
    private static readonly KeyValuePair<string, string?> Quick = new("RabbitDemo:Receiver:WatchdogInterval", "00:00:01");

    [BrokerFact]
    public async Task RebuildsAConsumerThatTheBrokerHasForgotten()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        using var network = new BrokerProxy(broker.Amqp.Port);
        await using var engine = await EngineHost.StartAsync(
            new UriBuilder(virtualHost.Amqp) { Port = network.Port }.Uri, (_, _) => Task.CompletedTask, Quick);

        await using var connection = await virtualHost.ConnectAsync(CancellationToken.None);
        await using var channel = await connection.CreateChannelAsync();
        network.CancelConsumer(EngineHost.Queue, await virtualHost.ConsumerTagAsync(EngineHost.Queue));

        // The queue is asked, not the statistics: those may still be of the time before it had a consumer.
        await Eventually.GetAsync("the queue has no consumer", TimeSpan.FromSeconds(10), () => channel.ConsumerCountAsync(EngineHost.Queue), count => count == 0);
        await engine.PublishAsync("lies ready");
        await engine.WhenStoredAsync("lies ready", TimeSpan.FromSeconds(20));

        Assert.Equal(1, engine.Receiver.Reconnects);
    }

    [BrokerFact]
    public async Task LeavesAStandbyAlone()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        KeyValuePair<string, string?>[] settings = [Quick, new("RabbitDemo:Queues:SingleActiveConsumer:0", EngineHost.Queue)];
        await using var active = await EngineHost.StartAsync(virtualHost, (_, token) => Task.Delay(TimeSpan.FromSeconds(5), token), settings);
        await using var standby = await EngineHost.StartAsync(virtualHost, (_, _) => Task.CompletedTask, settings);

        for (var i = 0; i < 3; i++)
            await active.PublishAsync($"m-{i}");
        await active.WhenStoredAsync("m-0", TimeSpan.FromSeconds(15));
        var (reconnects, taken) = (standby.Receiver.Reconnects, standby.Inbox.Stored.Count);
        await active.StopAsync();
        await standby.WhenStoredAsync("m-2");

        Assert.Equal((0, 0), (reconnects, taken));
    }
}
