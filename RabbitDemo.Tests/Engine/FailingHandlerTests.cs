using System.Collections.Concurrent;
using System.Diagnostics;
using RabbitDemo.Messaging;
using RabbitDemo.Tests.Brokers;

namespace RabbitDemo.Tests.Engine;

[Collection(BrokerCollection.Name)]
public sealed class FailingHandlerTests(TestBroker broker)
{
    [BrokerFact]
    public async Task DeadLettersAfterTheLastRetryWhileOthersFlowOn()
    {
        var delay = TimeSpan.FromSeconds(5);
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var engine = await EngineHost.StartAsync(virtualHost, (delivery, _) =>
            delivery.Evento.Tipo == "falla" ? throw new InvalidOperationException("boom") : Task.CompletedTask,
            new KeyValuePair<string, string?>("RabbitDemo:Receiver:RetryDelays", $"{delay}, 00:00:00.050, 00:00:00.100"));

        var clock = Stopwatch.StartNew();
        await engine.PublishAsync("always-fails", "falla");
        await engine.PublishAsync("other");
        await engine.WhenStoredAsync("other");
        var (waited, failures, dead) = (clock.Elapsed, engine.Inbox.Failures.Count, engine.Inbox.Dead.Count);
        var letter = await engine.WhenDeadAsync("always-fails", TimeSpan.FromSeconds(20));

        Assert.True(waited < delay, $"the other event waited {waited}");
        Assert.Equal((1, 0), (failures, dead));
        Assert.Equal(DeathReasons.HandlerFailed, letter.Reason);
        Assert.Equal(4, letter.Attempts);
        Assert.Equal("InvalidOperationException: boom", letter.Error);
        Assert.Equal(("", EngineHost.Queue), (letter.Exchange, letter.RoutingKey));
        Assert.Equal(4, engine.Inbox.Failures.Count);
    }

    /// <summary>Whoever sees the dead letter reads what happened; where in the code it did is for operators.</summary>
    [BrokerFact]
    public async Task TellsUsersTheCausesAndTheLogTheStackToo()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var engine = await EngineHost.StartAsync(virtualHost, (_, _) =>
            throw new InvalidOperationException("no order", new TimeoutException("stock is late")));

        await engine.PublishAsync("caused");
        var letter = await engine.WhenDeadAsync("caused");

        const string line = "InvalidOperationException: no order → TimeoutException: stock is late";
        Assert.Equal(line, letter.Error);
        Assert.All(engine.Inbox.Failures, failure => Assert.Equal(line, failure.Error));
        var logged = engine.Log.Lines.First(l => l.Contains($"Attempt 1 of caused from mensajes failed: {line}", StringComparison.Ordinal));
        Assert.Contains("System.TimeoutException: stock is late", logged, StringComparison.Ordinal);
        Assert.Contains($"   at {typeof(FailingHandlerTests).FullName}", logged, StringComparison.Ordinal);
    }

    [BrokerFact]
    public async Task WaitsTheConfiguredDelayBeforeEachRetry()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        var attempts = new ConcurrentQueue<long>();
        await using var engine = await EngineHost.StartAsync(virtualHost, (_, _) =>
        {
            attempts.Enqueue(Stopwatch.GetTimestamp());
            throw new InvalidOperationException("boom");
        }, new KeyValuePair<string, string?>("RabbitDemo:Receiver:RetryDelays", "00:00:00.200, 00:00:00.400"));

        await engine.PublishAsync("late");
        await engine.WhenDeadAsync("late");

        var waits = attempts.Zip(attempts.Skip(1), Stopwatch.GetElapsedTime).ToArray();
        Assert.Equal(2, waits.Length);
        Assert.True(waits[0] >= TimeSpan.FromMilliseconds(195) && waits[1] >= TimeSpan.FromMilliseconds(395), string.Join(' ', waits));
    }

    [BrokerFact]
    public async Task StoresAnEventThatFailsTwice()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        var calls = 0;
        await using var engine = await EngineHost.StartAsync(virtualHost, (_, _) =>
            Interlocked.Increment(ref calls) <= 2 ? throw new InvalidOperationException("boom") : Task.CompletedTask);

        await engine.PublishAsync("twice");
        await engine.WhenStoredAsync("twice");

        Assert.Equal(3, calls);
        Assert.Equal(("", EngineHost.Queue), (engine.Inbox.Stored[0].Exchange, engine.Inbox.Stored[0].RoutingKey));
        Assert.Empty(engine.Inbox.Dead);
    }

    [BrokerTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task CountsAHandlerThatHangsPastItsLimitAsFailed(bool heedsItsToken)
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var engine = await EngineHost.StartAsync(virtualHost, (delivery, token) =>
            delivery.Evento.Tipo == "cuelga" ? Task.Delay(Timeout.Infinite, heedsItsToken ? token : CancellationToken.None) : Task.CompletedTask,
            new("RabbitDemo:Receiver:HandlerTimeLimit", "00:00:00.200"), new("RabbitDemo:Receiver:RetryDelays", "00:00:00.050"));

        await engine.PublishAsync("hangs", "cuelga");
        var letter = await engine.WhenDeadAsync("hangs", TimeSpan.FromSeconds(30));
        await engine.PublishAsync("next");
        await engine.WhenStoredAsync("next", TimeSpan.FromSeconds(20));

        Assert.Equal(DeathReasons.HandlerTimedOut, letter.Reason);
        Assert.Equal(2, letter.Attempts);
    }

    [BrokerFact]
    public async Task SaysWhatAHandlerThrewThatItHadLeftBehind()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var engine = await EngineHost.StartAsync(virtualHost, async (_, _) =>
        {
            await released.Task;
            throw new InvalidOperationException("late", new TimeoutException("stock"));
        }, new("RabbitDemo:Receiver:HandlerTimeLimit", "00:00:00.200"), new("RabbitDemo:Receiver:RetryDelays", "00:00:00.050"));

        await engine.PublishAsync("slow");
        var letter = await engine.WhenDeadAsync("slow");
        released.SetResult();

        var lines = await Eventually.GetAsync("each late exception is logged", TimeSpan.FromSeconds(5),
            () => Task.FromResult(engine.Log.Lines.Where(l => l.Contains("that was left behind", StringComparison.Ordinal)).ToArray()), l => l.Length == letter.Attempts);
        Assert.All(lines, l => Assert.StartsWith(
            "Warning RabbitDemo.Messaging.Receiver: A handler of slow from mensajes that was left behind has failed: InvalidOperationException: late → TimeoutException: stock System.Inv",
            l, StringComparison.Ordinal));
    }
}
