using RabbitDemo.Messaging;
using RabbitDemo.Tests.Brokers;

namespace RabbitDemo.Tests.Engine;

/// <summary>What the store is told of a work queue that somebody deletes.</summary>
[Collection(BrokerCollection.Name)]
public sealed class QueueDeletionTests(TestBroker broker)
{
    private static readonly Messaging.Topology Bound =
        new([new("logs", Messaging.ExchangeType.Fanout)], [new(EngineHost.Queue, "consumer")], [new("logs", EngineHost.Queue)]);

    private static readonly TopologyDeclarer Declarer = new(Bound, new QueueOptions(), TimeProvider.System);

    [BrokerFact]
    public async Task RecordsADeletedQueueAtOnceThoughItsLastDeliveryIsStillBeingStored()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        var (handled, stored) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var engine = await EngineHost.StartAsync(virtualHost, (_, _) =>
        {
            handled.TrySetResult();
            return Task.CompletedTask;
        });
        await engine.WhenSeenAsync(1);
        var missing = engine.Inbox.Missing.Count;
        engine.Inbox.StoringWaitsFor = stored.Task;
        await engine.PublishAsync("held");
        await handled.Task;

        await virtualHost.DeleteQueueAsync(EngineHost.Queue);
        await using (var connection = await virtualHost.ConnectAsync(CancellationToken.None))
        await using (var channel = await connection.CreateChannelAsync())
            await channel.QueueDeclareAsync(EngineHost.Queue, durable: true, exclusive: false, autoDelete: false);
        try
        {
            await Eventually.GetAsync("the next session records the deletion", ConnectionSupervisor.CloseWithin + TimeSpan.FromSeconds(5),
                () => Task.FromResult(engine.Inbox.Missing.Count), count => count == missing + 1);
        }
        finally
        {
            stored.SetResult();
        }

        await engine.WhenStoredAsync("held");
        await engine.WhenSeenAsync(2);
        await engine.CloseConnectionsAsync(virtualHost);
        await engine.WhenSeenAsync(3);

        Assert.Equal(missing + 1, engine.Inbox.Missing.Count);
    }

    [BrokerFact]
    public async Task RecordsADeletionWithTheTimeOfItsNoticeThoughTheStoreIsAwayForLonger()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var engine = await EngineHost.StartAsync(virtualHost, (_, _) => Task.CompletedTask);
        await engine.WhenSeenAsync(1);
        var known = engine.Inbox.Noted.Count;

        engine.Inbox.IsAway = true;
        var reconnects = engine.Receiver.Reconnects;
        await virtualHost.DeleteQueueAsync(EngineHost.Queue);
        await Eventually.TrueAsync("the queue is read again", TimeSpan.FromSeconds(10),
            () => Task.FromResult(engine.Receiver.Reconnects > reconnects && engine.Receiver.Queues is [{ IsSubscribed: true, Trouble: not null }]));
        var readAgain = DateTimeOffset.UtcNow;
        engine.Inbox.IsAway = false;
        var noted = await Eventually.GetAsync("the deletion is recorded", TimeSpan.FromSeconds(10),
            () => Task.FromResult(engine.Inbox.Noted), noted => noted.Count == known + 2);

        Assert.Equal(["missing", "seen"], noted.Skip(known).Select(n => n.What));
        Assert.All(noted, n => Assert.True(n.At <= readAgain, $"{n} was taken for later than {readAgain:O}."));
    }

    [BrokerFact]
    public async Task IsToldOfADeletionThatAnotherProcessMadeGood()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var connection = await virtualHost.ConnectAsync(CancellationToken.None);
        await using var channel = await connection.CreateChannelAsync();
        await Declarer.DeclareAsync(connection, ownQueues: [], CancellationToken.None);
        var atFirst = await channel.MessageCountAsync(Bound.Queues[0].DeadLetterQueue);

        await channel.QueueDeleteAsync(EngineHost.Queue, ifUnused: false, ifEmpty: false);
        var before = DateTimeOffset.UtcNow;
        await Declarer.DeclareAsync(connection, ownQueues: [], CancellationToken.None);
        var after = DateTimeOffset.UtcNow;
        await Declarer.DeclareAsync(connection, ownQueues: [], CancellationToken.None);
        await using var engine = await EngineHost.StartAsync(virtualHost, (_, _) => Task.CompletedTask);
        var noted = await Eventually.GetAsync("the notice is taken", TimeSpan.FromSeconds(10), () => Task.FromResult(engine.Inbox.Noted), noted => noted.Any(n => n.What == "missing"));
        await Eventually.TrueAsync("no other waits", TimeSpan.FromSeconds(10), async () => await channel.MessageCountAsync(Bound.Queues[0].DeadLetterQueue) == 0);

        Assert.Equal(0u, atFirst);
        Assert.InRange(Assert.Single(engine.Inbox.Noted, n => n.What == "missing").At, before.AddMilliseconds(-1), after);
        Assert.Contains(engine.Inbox.Noted, n => n.What == "seen" && n.At > before.AddMilliseconds(-1) && n.At <= after);
        Assert.Empty(engine.Inbox.Dead);
    }

    [BrokerFact]
    public async Task IsToldOnlyByWhoCouldDeclareTheQueueAgain()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var connection = await virtualHost.ConnectAsync(CancellationToken.None);
        await using var channel = await connection.CreateChannelAsync();
        await Declarer.DeclareAsync(connection, ownQueues: [], CancellationToken.None);
        await channel.QueueDeleteAsync(EngineHost.Queue, ifUnused: false, ifEmpty: false);

        await virtualHost.PermitAsync($"^(?!{EngineHost.Queue}$).*");
        var problems = await Declarer.DeclareAsync(connection, ownQueues: [], CancellationToken.None);
        var refused = await channel.MessageCountAsync(Bound.Queues[0].DeadLetterQueue);
        await virtualHost.PermitAsync(".*");
        await using var again = await virtualHost.ConnectAsync(CancellationToken.None);
        await Declarer.DeclareAsync(again, ownQueues: [], CancellationToken.None);

        Assert.Contains(problems, problem => problem.Entity == EngineHost.Queue);
        Assert.Equal(0u, refused);
        Assert.Equal(1u, await channel.MessageCountAsync(Bound.Queues[0].DeadLetterQueue));
    }
}
