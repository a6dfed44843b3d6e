using Microsoft.Extensions.Diagnostics.HealthChecks;
using RabbitDemo.Messaging;
using RabbitDemo.Tests.Brokers;

namespace RabbitDemo.Tests.Engine;

[Collection(BrokerCollection.Name)]
public sealed class RetryPublishTests(TestBroker broker)
{
    private const string RetryQueue = "mensajes.retry.60000";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [BrokerFact]
    public async Task PausesAndSpendsNoAttemptWhileTheRetryQueueTakesNothing()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        var calls = 0;
        await using var engine = await EngineHost.StartAsync(virtualHost, (delivery, _) =>
        {
            Interlocked.Increment(ref calls);
            return delivery.MessageId == "fails" ? throw new InvalidOperationException("boom") : Task.CompletedTask;
        }, new KeyValuePair<string, string?>("RabbitDemo:Receiver:RetryDelays", "00:01:00"));
        var before = await FillRetryQueueAsync(virtualHost, engine);
        await using var connection = await virtualHost.ConnectAsync(CancellationToken.None);
        await using var channel = await connection.CreateChannelAsync();
        var filled = await channel.MessageCountAsync(RetryQueue);

        await engine.PublishAsync("fails");
        await engine.PublishAsync("next");
        var trouble = await Eventually.GetAsync("consuming pauses", Soon, () => Task.FromResult(engine.Receiver.Queues[0].Trouble), trouble => trouble is not null);
        var health = await engine.HealthAsync();
        await Eventually.GetAsync("one is unacked and one ready", Soon,
            () => virtualHost.CountAsync(EngineHost.Queue), counts => counts is { Unacked: 1, Ready: 1 });
        await Eventually.GetAsync("it is tried again and again", Soon, () => Task.FromResult(engine.Counters.Publishes.Refused), refused => refused > before.Refused + 3);
        var meanwhile = (calls, engine.Inbox.Failures.Count);
        await virtualHost.LimitAsync(RetryQueue, null);
        await engine.WhenStoredAsync("next");
        await engine.WhenReadyAsync(Soon);

        Assert.StartsWith(RetryQueue, trouble, StringComparison.Ordinal);
        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        Assert.Equal((1, 1), meanwhile);
        Assert.Equal((2, 1, 0), (calls, engine.Inbox.Failures.Count, engine.Inbox.Dead.Count));
        await Eventually.GetAsync("the failed one waits for its next attempt", Soon, () => channel.MessageCountAsync(RetryQueue), waiting => waiting == filled + 1);
    }

    /// <summary>With what stays there: then the retry queue takes no more until its limit is lifted.</summary>
    private static async Task<PublishCounts> FillRetryQueueAsync(TestVirtualHost virtualHost, EngineHost engine)
    {
        await virtualHost.LimitAsync(RetryQueue, 1);
        var refused = 0;
        await Eventually.TrueAsync("the retry queue refuses what comes", Soon, async () =>
        {
            var outcome = await engine.PublishAsync($"filling-{Guid.NewGuid()}", route: new("", RetryQueue));
            refused = outcome.Status == PublishStatus.Refused ? refused + 1 : 0;
            return refused == 3;
        });
        return engine.Counters.Publishes;
    }
}
