using System.Diagnostics;
using RabbitDemo.Messaging;
using RabbitDemo.Tests.Brokers;

namespace RabbitDemo.Tests.Engine;

[Collection(BrokerCollection.Name)]
public sealed class PublisherTests(TestBroker broker)
{
    [BrokerFact]
    public async Task TellsConfirmedFromReturned()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var engine = await EngineHost.StartAsync(virtualHost, (_, _) => Task.CompletedTask);

        var confirmed = await engine.PublishAsync("good");
        var returned = await engine.PublishAsync("unbound", route: new("pagos", "nobody"));

        Assert.Equal(PublishStatus.Confirmed, confirmed.Status);
        Assert.Equal(new(PublishStatus.Returned, "312 NO_ROUTE"), returned);
        Assert.Equal(new(2, 1, 1, 0, 0), engine.Counters.Publishes);
    }

    [BrokerFact]
    public async Task MatchesReturnsToTheirPublishesEvenUnderOneId()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var engine = await EngineHost.StartAsync(virtualHost, (_, _) => Task.CompletedTask);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 500).Select(i =>
            engine.PublishAsync("one-id", route: i % 3 == 0 ? new("pagos", "nobody") : null)));

        Assert.All(outcomes.Index(), o => Assert.Equal(o.Index % 3 == 0 ? PublishStatus.Returned : PublishStatus.Confirmed, o.Item.Status));
    }

    [BrokerFact(BreaksIt = true)]
    public async Task RefusesFastWhileTheBrokerBlocksAndGoesOnAfterwards()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var engine = await EngineHost.StartAsync(virtualHost, (_, _) => Task.CompletedTask,
            new KeyValuePair<string, string?>("RabbitDemo:Publisher:Deadline", "00:00:03"));

        PublishOutcome first;
        var later = new List<(PublishStatus Status, TimeSpan Waited)>();
        try
        {
            await broker.SetMemoryAlarmAsync(CancellationToken.None);
            first = await engine.PublishAsync("blocked");
            for (var i = 0; i < 5; i++) // any one of them may have to wait for a processor
            {
                var began = Stopwatch.GetTimestamp();
                later.Add(((await engine.PublishAsync($"blocked-{i}")).Status, Stopwatch.GetElapsedTime(began)));
            }
        }
        finally
        {
            await broker.ClearMemoryAlarmAsync(CancellationToken.None);
        }

        await Eventually.GetAsync("a publish is confirmed again", TimeSpan.FromSeconds(15),
            () => engine.PublishAsync("after"), after => after.Status == PublishStatus.Confirmed);
        await engine.WhenStoredAsync("after");

        Assert.Equal(PublishStatus.Unknown, first.Status);
        Assert.All(later, l => Assert.Equal(PublishStatus.Refused, l.Status));
        Assert.True(later.Min(l => l.Waited) < TimeSpan.FromMilliseconds(200), $"refused after {string.Join(' ', later)}");
    }

    [BrokerFact]
    public async Task RefusesWhileADeletedQueueIsDeclaredAgainThenConfirms()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var engine = await EngineHost.StartAsync(virtualHost, (_, _) => Task.CompletedTask);

        await engine.PublishAsync("before");
        await engine.WhenStoredAsync("before");
        await engine.WhenSeenAsync(1);
        await virtualHost.DeleteQueueAsync(EngineHost.Queue);
        var outcomes = new List<PublishOutcome>();
        await Eventually.TrueAsync("a publish is confirmed again", TimeSpan.FromSeconds(10), async () =>
        {
            outcomes.Add(await engine.PublishAsync("after"));
            return outcomes[^1].Status == PublishStatus.Confirmed;
        });
        await engine.WhenStoredAsync("after");
        await engine.WhenSeenAsync(2);

        Assert.All(outcomes[..^1], o => Assert.Equal(PublishStatus.Refused, o.Status));
        Assert.Single((await engine.BooksAsync()).DeletedAt); // though publisher and receiver may both have found it missing
    }
}
