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

    /// <summary>A quick handler is called on the thread that others wait for, and the first calls are not: both must end.</summary>
    [BrokerTheory]
    [InlineData(0)]
    [InlineData(50)]
    public async Task CountsAHandlerThatKeepsItsThreadPastItsLimitAsFailed(int quickOnesBefore)
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        using var released = new ManualResetEventSlim();
        await using var engine = await EngineHost.StartAsync(virtualHost, (delivery, _) =>
        {
            if (delivery.Evento.Tipo == "cuelga")
                released.Wait(TimeSpan.FromMinutes(1), CancellationToken.None);
            return Task.CompletedTask;
        }, new("RabbitDemo:Receiver:HandlerTimeLimit", "00:00:00.200"), new("RabbitDemo:Receiver:RetryDelays", "00:00:00.050"));
        for (var i = 0; i < quickOnesBefore; i++)
            await engine.PublishAsync($"before-{i}");
        if (quickOnesBefore > 0)
            await engine.WhenStoredAsync($"before-{quickOnesBefore - 1}");

        DeadLetter letter;
        try
        {
            await engine.PublishAsync("blocks", "cuelga");
            letter = await engine.WhenDeadAsync("blocks", TimeSpan.FromSeconds(30));
            await engine.PublishAsync("next");
            await engine.WhenStoredAsync("next", TimeSpan.FromSeconds(20));
        }
        finally
        {
            released.Set();
        }

        Assert.Equal(DeathReasons.HandlerTimedOut, letter.Reason);
        Assert.Equal(2, letter.Attempts);
    }

    /// <summary>
    /// The thread that reads is its handler's, far longer than the library believes in a silent broker: that costs one session, and no
    /// more, for however many others.
    /// </summary>
    [BrokerFact]
    public async Task GoesOnBesideAHandlerThatKeepsTheThreadThatReads()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        using var released = new ManualResetEventSlim();
        var threads = new ConcurrentQueue<string?>();
        await using var engine = await EngineHost.StartAsync(virtualHost, (delivery, _) =>
        {
            threads.Enqueue(Thread.CurrentThread.Name);
            if (delivery.Evento.Tipo == "cuelga")
                released.Wait(TimeSpan.FromMinutes(1), CancellationToken.None);
            return Task.CompletedTask;
        }, new("RabbitDemo:Receiver:Prefetch", "10"), new("RabbitDemo:Receiver:Concurrency", "4"));
        engine.Inbox.AnswersAtOnce = true;
        for (var i = 0; i < 50; i++)
            await engine.PublishAsync($"before-{i}");
        await engine.WhenStoredAsync("before-49");
        Assert.Contains("AMQP deliveries", threads);

        try
        {
            await engine.PublishAsync("first", "cuelga");
            await Eventually.TrueAsync("the session is another", TimeSpan.FromSeconds(30), () => Task.FromResult(engine.Receiver.Reconnects == 1));
            await engine.PublishAsync("second", "cuelga");
            await engine.PublishAsync("next");
            await engine.WhenStoredAsync("next", TimeSpan.FromSeconds(20));
        }
        finally
        {
            released.Set();
        }

        await engine.WhenStoredAsync("first", TimeSpan.FromSeconds(20));
        await engine.WhenStoredAsync("second", TimeSpan.FromSeconds(20));
        Assert.Equal(1, engine.Receiver.Reconnects);
    }
}
