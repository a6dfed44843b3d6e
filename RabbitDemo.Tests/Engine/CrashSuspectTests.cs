using System.Collections.Concurrent;
using RabbitDemo.Messaging;
using RabbitDemo.Tests.Brokers;

namespace RabbitDemo.Tests.Engine;

/// <summary>Which redelivered messages have their attempts recorded when they begin.</summary>
[Collection(BrokerCollection.Name)]
public sealed class CrashSuspectTests(TestBroker broker)
{
    private readonly CrashSuspects suspects = new();

    [Theory]
    [InlineData(1, 100)]
    [InlineData(25, 100)]
    [InlineData(500, 2_000)]
    public void AreAsManyInARowAsAFewDeadProcessesMayHaveHeld(int prefetch, int most)
    {
        Assert.False(suspects.IsNext(redelivered: false, prefetch));
        Assert.Equal(most, Enumerable.Range(0, most * 3).Count(_ => suspects.IsNext(redelivered: true, prefetch)));
        Assert.False(suspects.IsNext(redelivered: true, prefetch));
    }

    [Fact]
    public void BeginAnewAfterAMessageThatNobodyHadBefore()
    {
        for (var i = 0; i < 1_000; i++)
            suspects.IsNext(redelivered: true, prefetch: 1);

        var before = suspects.IsNext(redelivered: true, prefetch: 1);
        suspects.IsNext(redelivered: false, prefetch: 1);
        var after = suspects.IsNext(redelivered: true, prefetch: 1);

        Assert.Equal((false, true), (before, after));
    }

    [BrokerFact]
    public async Task AreTheFirstOfAQueueInWhichAllWasDeliveredBefore()
    {
        const int Count = 300;
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using (var first = await EngineHost.StartAsync(
            virtualHost, (_, token) => Task.Delay(Timeout.Infinite, token), Setting("Prefetch", "500"), Setting("DrainDeadline", "00:00:00")))
        {
            for (var i = 0; i < Count; i++)
                await first.PublishAsync($"m-{i}");

            await Eventually.GetAsync("all are held", TimeSpan.FromSeconds(15), () => virtualHost.CountAsync(EngineHost.Queue), q => q?.Unacked == Count);
        }

        var handled = new ConcurrentQueue<Delivery>();
        await using var second = await EngineHost.StartAsync(
            virtualHost,
            (delivery, _) =>
            {
                handled.Enqueue(delivery);
                return Task.CompletedTask;
            },
            Setting("Prefetch", "10"));
        await Eventually.GetAsync("all are stored", TimeSpan.FromSeconds(15), () => Task.FromResult<int?>(second.Inbox.Stored.Count), stored => stored == Count);

        Assert.Equal(Enumerable.Range(0, Count).Select(i => ($"m-{i}", true, i < 100)), handled.Select(d => (d.MessageId, d.Redelivered, d.IsCrashSuspect)));
        Assert.Equal((0, 0), (second.Inbox.Dead.Count, (int)second.Counters.Deliveries.Duplicates));
    }

    /// <summary>The attempt's record was on its way to the store, and went through: no process died of it.</summary>
    [BrokerFact]
    public async Task AreNotCountedAsCrashedWhenTheSessionEndsBeforeTheirAttemptBegins()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        var held = new TaskCompletionSource();
        await using var engine = await EngineHost.StartAsync(
            virtualHost,
            (delivery, token) =>
            {
                held.TrySetResult();
                return delivery.Redelivered ? Task.CompletedTask : Task.Delay(Timeout.Infinite, token);
            },
            Setting("MaxCrashes", "2"));
        engine.Inbox.IsMute = true;
        await engine.PublishAsync("a");

        await held.Task;
        await engine.CloseConnectionsAsync(virtualHost);
        await Eventually.TrueAsync("an attempt is recorded", TimeSpan.FromSeconds(15), () => Task.FromResult(engine.Inbox.Unanswered.Count > 0));
        engine.Inbox.IsMute = false;
        await engine.CloseConnectionsAsync(virtualHost);
        await Eventually.TrueAsync("it is at its end", TimeSpan.FromSeconds(15), () => Task.FromResult(engine.Inbox.Stored.Count + engine.Inbox.Dead.Count > 0));

        Assert.Empty(engine.Inbox.Dead);
        Assert.Equal("a", Assert.Single(engine.Inbox.Stored).MessageId);
    }

    private static KeyValuePair<string, string?> Setting(string name, string value) => new($"RabbitDemo:Receiver:{name}", value);
}
