using System.Collections.Concurrent;
using System.Diagnostics;
using RabbitDemo.Messaging;
using RabbitDemo.Tests.Brokers;

namespace RabbitDemo.Tests.Engine;

[Collection(BrokerCollection.Name)]
public sealed class RecoveryTests(TestBroker broker)
{
    /// <summary>A node that is killed sooner after a queue's declare may lose that queue, whatever it confirmed: a known limit, of RabbitMQ's own.</summary>
    private static readonly TimeSpan OutlivesAKill = TimeSpan.FromSeconds(3);

    [BrokerFact]
    public async Task ComesBackByItselfWhenItsConnectionsAreClosed()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var engine = await EngineHost.StartAsync(virtualHost, (_, _) => Task.CompletedTask);

        await engine.CloseConnectionsAsync(virtualHost);
        await engine.WhenReadyAsync(TimeSpan.FromSeconds(5));
        var outcome = await engine.PublishAsync("after");
        await engine.WhenStoredAsync("after");

        Assert.Equal(PublishStatus.Confirmed, outcome.Status);
    }

    [BrokerFact(BreaksIt = true)]
    public async Task StoresEveryConfirmedEventOnceWhenTheBrokerIsKilledUnderLoad()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var engine = await EngineHost.StartAsync(virtualHost, (_, _) => Task.CompletedTask,
            new KeyValuePair<string, string?>("RabbitDemo:Receiver:Prefetch", "50"));
        var declared = Stopwatch.StartNew();
        var confirmed = new ConcurrentQueue<string>();
        using var enough = new CancellationTokenSource();
        var load = Task.WhenAll(Enumerable.Range(0, 16).Select(sender => Task.Run(async () =>
        {
            for (var i = 0; !enough.IsCancellationRequested; i++)
            {
                var id = $"{sender}-{i}";
                if ((await engine.PublishAsync(id)).Status == PublishStatus.Confirmed)
                    confirmed.Enqueue(id);
                else
                    await Task.Delay(10);
            }
        })));

        await Eventually.TrueAsync("500 are confirmed, in a queue that outlives a kill", TimeSpan.FromSeconds(20),
            () => Task.FromResult(confirmed.Count >= 500 && declared.Elapsed >= OutlivesAKill));
        await broker.KillAsync(CancellationToken.None);
        await broker.StartAsync(CancellationToken.None);
        await engine.WhenReadyAsync(TimeSpan.FromSeconds(15));
        var before = confirmed.Count;
        await Eventually.TrueAsync("500 more are confirmed", TimeSpan.FromSeconds(20), () => Task.FromResult(confirmed.Count >= before + 500));
        await enough.CancelAsync();
        await load;
        await Eventually.GetAsync("every confirmed event is stored", TimeSpan.FromSeconds(60),
            () => Task.FromResult(confirmed.Except(engine.Inbox.Stored.Select(d => d.MessageId)).Count()), lost => lost == 0);

        Assert.Equal(engine.Inbox.Stored.Count, engine.Inbox.Stored.DistinctBy(d => d.MessageId).Count());
    }

    [BrokerFact]
    public async Task SpendsNoAttemptWhileTheStoreIsAway()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var engine = await EngineHost.StartAsync(virtualHost, (_, _) => Task.CompletedTask);

        engine.Inbox.IsAway = true;
        for (var i = 0; i < 10; i++)
            await engine.PublishAsync($"m-{i}");
        var paused = await Eventually.GetAsync("consuming pauses", TimeSpan.FromSeconds(5),
            () => Task.FromResult(engine.Receiver.Queues[0].Trouble), trouble => trouble is not null);
        engine.Inbox.IsAway = false;
        await Eventually.GetAsync("all ten are stored", TimeSpan.FromSeconds(5), () => Task.FromResult(engine.Inbox.Stored.Count), n => n == 10);

        Assert.Equal("the test's store is away", paused);
        Assert.Empty(engine.Inbox.Failures);
        Assert.Empty(engine.Inbox.Dead);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"m-{i}"), engine.Inbox.Stored.Select(d => d.MessageId));
    }

    [BrokerFact]
    public async Task DrainsOnShutdownAndLeavesTheRestToTheBroker()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        var handled = new ConcurrentQueue<string>();
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var engine = await EngineHost.StartAsync(virtualHost, async (delivery, token) =>
        {
            await end.Task.WaitAsync(token);
            handled.Enqueue(delivery.MessageId);
        }, new("RabbitDemo:Receiver:Prefetch", "10"), new("RabbitDemo:Receiver:Concurrency", "2"), new("RabbitDemo:Receiver:DrainDeadline", "00:00:20"));
        for (var i = 0; i < 10; i++)
            await engine.PublishAsync($"m-{i}");

        await HoldsAsync("all ten are received", 10);
        var stopping = engine.StopAsync();
        await HoldsAsync("what no handler has begun is left to the broker", 2);
        end.SetResult();
        await stopping;
        await using var connection = await virtualHost.ConnectAsync(CancellationToken.None);
        await using var channel = await connection.CreateChannelAsync();

        Assert.Equal((2, 2), (handled.Count, engine.Inbox.Stored.Count));
        await Eventually.GetAsync("the rest lies ready", TimeSpan.FromSeconds(10), () => channel.MessageCountAsync(EngineHost.Queue), ready => ready == 8);

        Task HoldsAsync(string condition, int deliveries) => Eventually.GetAsync(
            condition, TimeSpan.FromSeconds(10), () => Task.FromResult(engine.Receiver.Queues[0].InFlight), held => held == deliveries);
    }

    /// <summary>A draining consumer is delivered nothing, however much lies ready: that does not make it a lost one.</summary>
    [BrokerFact]
    public async Task LetsAHandlerEndWhileItDrainsThoughMessagesLieReady()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        var (started, ended) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var engine = await EngineHost.StartAsync(virtualHost, async (_, token) =>
        {
            started.TrySetResult();
            await Task.Delay(4_000, token);
            ended.TrySetResult();
        }, new("RabbitDemo:Receiver:Prefetch", "2"), new("RabbitDemo:Receiver:WatchdogInterval", "00:00:01"), new("RabbitDemo:Receiver:DrainDeadline", "00:00:15"));
        for (var i = 0; i < 5; i++)
            await engine.PublishAsync($"m-{i}");

        await started.Task;
        await engine.StopAsync();

        Assert.True(ended.Task.IsCompletedSuccessfully, "The handler was cut short.");
    }

    [BrokerFact]
    public async Task RedrivesUnderTheSameIdAndTrace()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        var broken = true;
        await using var engine = await EngineHost.StartAsync(virtualHost, (_, _) =>
            Volatile.Read(ref broken) ? throw new InvalidOperationException("boom") : Task.CompletedTask);
        const string TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        await engine.PublishForeignAsync("""{"id": 7, "tipo": "registro", "payload": {}}""",
            new() { MessageId = "again", Headers = new Dictionary<string, object?> { ["traceparent"] = TraceParent } });

        var letter = await engine.WhenDeadAsync("again");
        Volatile.Write(ref broken, false);
        var outcome = await engine.Redriver.PublishAsync(letter, redrive: 1, CancellationToken.None);
        await engine.WhenStoredAsync("again");

        Assert.Equal(PublishStatus.Confirmed, outcome.Status);
        Assert.Equal((1, TraceParent), (engine.Inbox.Stored[0].Redrive, engine.Inbox.Stored[0].TraceParent));
    }
}
