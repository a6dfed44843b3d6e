using System.Collections.Concurrent;
using RabbitDemo.Messaging;
using RabbitDemo.Tests.Brokers;

namespace RabbitDemo.Tests.Engine;

[Collection(BrokerCollection.Name)]
public sealed class PrefetchTests(TestBroker broker)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    [BrokerFact]
    public async Task ChangesWhileMessagesWaitAndRedeliversNothing()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        using var turns = new SemaphoreSlim(0);
        var handled = new ConcurrentQueue<string>();
        await using var engine = await EngineHost.StartAsync(virtualHost, (delivery, token) =>
        {
            handled.Enqueue(delivery.MessageId);
            return turns.WaitAsync(token);
        });
        for (var i = 0; i < 40; i++)
            await engine.PublishAsync($"m-{i}");

        await UnackedAsync(virtualHost, 1);
        await engine.Receiver.SetPrefetchAsync(EngineHost.Queue, 10, CancellationToken.None);
        await UnackedAsync(virtualHost, 11); // one is held since before
        turns.Release();
        await UnackedAsync(virtualHost, 10);
        await engine.Receiver.SetPrefetchAsync(EngineHost.Queue, 2, CancellationToken.None);
        turns.Release(7);
        await UnackedAsync(virtualHost, 3);
        Assert.Equal(3, engine.Receiver.Queues.Single().InFlight);
        turns.Release(3);
        await Eventually.GetAsync(
            "one consumer holds 2", Soon, () => virtualHost.CountAsync(EngineHost.Queue), q => q is { Unacked: 2, Consumers: 1 });
        turns.Release(29);
        await StoredAsync(engine, 40);

        Assert.Equal(Enumerable.Range(0, 40).Select(i => $"m-{i}"), handled);
        Assert.All(engine.Inbox.Stored, delivery => Assert.False(delivery.Redelivered));
        Assert.Equal(0, engine.Receiver.Reconnects);
    }

    [BrokerFact]
    public async Task LosesAndRepeatsNothingWhenItChangesAllTheTimeUnderLoad()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var engine = await EngineHost.StartAsync(
            virtualHost, (_, _) => Task.CompletedTask, new KeyValuePair<string, string?>("RabbitDemo:Receiver:Concurrency", "4"));
        using var enough = new CancellationTokenSource();
        var random = new Random(7);
        var changes = 0;
        var changing = Task.Run(async () =>
        {
            for (; !enough.IsCancellationRequested; changes++)
                await engine.Receiver.SetPrefetchAsync(EngineHost.Queue, random.Next(1, 50), CancellationToken.None);
        });

        await Task.WhenAll(Enumerable.Range(0, 20).Select(async sender =>
        {
            for (var i = 0; i < 100; i++)
                Assert.Equal(PublishStatus.Confirmed, (await engine.PublishAsync($"{sender}-{i}")).Status);
        }));
        await StoredAsync(engine, 2_000);
        await enough.CancelAsync();
        await changing;

        Assert.True(changes > 50, $"{changes} changes");
        Assert.Equal(2_000, engine.Inbox.Stored.DistinctBy(d => d.MessageId).Count());
        Assert.All(engine.Inbox.Stored, delivery => Assert.False(delivery.Redelivered));
        Assert.Equal((0, 0), (engine.Receiver.Reconnects, (int)engine.Counters.Deliveries.Duplicates));
    }

    [BrokerFact(BreaksIt = true)]
    public async Task OutlivesTheSession()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var engine = await EngineHost.StartAsync(virtualHost, (_, token) => Task.Delay(Timeout.Infinite, token));
        await engine.Receiver.SetPrefetchAsync(EngineHost.Queue, 7, CancellationToken.None);

        await broker.CloseConnectionsAsync(virtualHost.Name, CancellationToken.None);
        await Eventually.TrueAsync("the engine notices", Soon, () => Task.FromResult(engine.Receiver.Reconnects > 0));
        await engine.WhenReadyAsync(Soon);
        for (var i = 0; i < 20; i++)
            await engine.PublishAsync($"m-{i}");

        await UnackedAsync(virtualHost, 7);
    }

    [BrokerFact]
    public async Task KeepsAPausedConsumerFromHoldingUpTheShutdown()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        using var turns = new SemaphoreSlim(0);
        await using var engine = await EngineHost.StartAsync(
            virtualHost, (_, token) => turns.WaitAsync(token), new KeyValuePair<string, string?>("RabbitDemo:Receiver:Prefetch", "10"));
        for (var i = 0; i < 20; i++)
            await engine.PublishAsync($"m-{i}");
        await UnackedAsync(virtualHost, 10);

        await engine.Receiver.SetPrefetchAsync(EngineHost.Queue, 1, CancellationToken.None);
        var stopping = engine.StopAsync();
        turns.Release();
        await stopping.WaitAsync(Soon);

        Assert.Equal("m-0", engine.Inbox.Stored.Single().MessageId);
        await Eventually.GetAsync("the rest lies ready", Soon, () => virtualHost.CountAsync(EngineHost.Queue), q => q is { Ready: 19, Unacked: 0 });
    }

    [BrokerTheory]
    [InlineData("mensajes", 0)]
    [InlineData("mensajes", 65_536)]
    [InlineData("otra", 1)]
    public async Task IsRefusedWhenItMakesNoSense(string queue, int prefetch)
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var engine = await EngineHost.StartAsync(virtualHost, (_, _) => Task.CompletedTask);

        await Assert.ThrowsAnyAsync<ArgumentException>(() => engine.Receiver.SetPrefetchAsync(queue, prefetch, CancellationToken.None));
    }

    private static Task<QueueCounts?> UnackedAsync(TestVirtualHost virtualHost, int count) => Eventually.GetAsync(
        $"{count} are unacked", Soon, () => virtualHost.CountAsync(EngineHost.Queue), q => q?.Unacked == count);

    private static Task<int> StoredAsync(EngineHost engine, int count) => Eventually.GetAsync(
        $"{count} are stored", TimeSpan.FromSeconds(60), () => Task.FromResult(engine.Inbox.Stored.Count), n => n >= count);
}
