using RabbitDemo.Messaging;
using RabbitDemo.Tests.Brokers;

namespace RabbitDemo.Tests.Engine;

/// <summary>What the store is told of a work queue that somebody deletes.</summary>
[Collection(BrokerCollection.Name)]
public sealed class QueueDeletionTests(TestBroker broker)
{
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
        await MissedAsync("it was not there at first", 1);
        engine.Inbox.StoringWaitsFor = stored.Task;
        await engine.PublishAsync("held");
        await handled.Task;

        await virtualHost.DeleteQueueAsync(EngineHost.Queue);
        await using (var connection = await virtualHost.ConnectAsync(CancellationToken.None))
        await using (var channel = await connection.CreateChannelAsync())
            await channel.QueueDeclareAsync(EngineHost.Queue, durable: true, exclusive: false, autoDelete: false);
        try
        {
            await MissedAsync("the next session records the deletion", 2);
        }
        finally
        {
            stored.SetResult();
        }

        await engine.WhenStoredAsync("held");
        var reconnects = engine.Receiver.Reconnects;
        await Eventually.TrueAsync("its connections are closed", TimeSpan.FromSeconds(15), async () =>
        {
            await virtualHost.CloseAllConnectionsAsync(); // of those that the broker's statistics know by now
            return engine.Receiver.Reconnects > reconnects;
        });
        await engine.WhenReadyAsync(TimeSpan.FromSeconds(5));

        Assert.Equal(2, engine.Inbox.Missing.Count);

        Task MissedAsync(string condition, int times) => Eventually.GetAsync(condition, ConnectionSupervisor.CloseWithin + TimeSpan.FromSeconds(5),
            () => Task.FromResult(engine.Inbox.Missing), missing => missing.Count == times);
    }

    [BrokerFact]
    public async Task RecordsADeletionWithTheTimeOfItsNoticeThoughTheStoreIsAwayForLonger()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var engine = await EngineHost.StartAsync(virtualHost, (_, _) => Task.CompletedTask);
        await NotedAsync("the queue is known", 2);

        engine.Inbox.IsAway = true;
        var reconnects = engine.Receiver.Reconnects;
        await virtualHost.DeleteQueueAsync(EngineHost.Queue);
        await Eventually.TrueAsync("the queue is read again", TimeSpan.FromSeconds(10),
            () => Task.FromResult(engine.Receiver.Reconnects > reconnects && engine.Receiver.Queues is [{ IsSubscribed: true, Trouble: not null }]));
        var readAgain = DateTimeOffset.UtcNow;
        engine.Inbox.IsAway = false;
        var noted = await NotedAsync("the deletion is recorded", 4);

        Assert.Equal(["missing", "seen"], noted.Skip(2).Select(n => n.What));
        Assert.All(noted, n => Assert.True(n.At <= readAgain, $"{n} was taken for later than {readAgain:O}."));

        Task<IReadOnlyList<(string What, DateTimeOffset At)>> NotedAsync(string condition, int count) => Eventually.GetAsync(
            condition, TimeSpan.FromSeconds(10), () => Task.FromResult(engine.Inbox.Noted), noted => noted.Count == count);
    }
}
