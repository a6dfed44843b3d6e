using System.Collections.Concurrent;
using RabbitDemo.Messaging;
using RabbitDemo.Tests.Brokers;

namespace RabbitDemo.Tests.Engine;

/// <summary>A handler that keeps the thread that called it.</summary>
[Collection(BrokerCollection.Name)]
public sealed class BlockingHandlerTests(TestBroker broker)
{
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
        var calls = new ConcurrentQueue<(string Id, string? Thread)>();
        await using var engine = await EngineHost.StartAsync(virtualHost, (delivery, _) =>
        {
            calls.Enqueue((delivery.MessageId, Thread.CurrentThread.Name));
            if (delivery.Evento.Tipo == "cuelga")
                released.Wait(TimeSpan.FromMinutes(1), CancellationToken.None);
            return Task.CompletedTask;
        }, new("RabbitDemo:Receiver:Prefetch", "10"), new("RabbitDemo:Receiver:Concurrency", "4"));
        engine.Inbox.AnswersAtOnce = true;
        for (var i = 0; i < 50; i++)
            await engine.PublishAsync($"before-{i}");
        await engine.WhenStoredAsync("before-49");
        Assert.Contains(("before-49", "AMQP deliveries"), calls);

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
        Assert.Contains(("first", "AMQP deliveries"), calls);
        Assert.DoesNotContain(("second", "AMQP deliveries"), calls); // it would end its session while that is still being built
    }
}
