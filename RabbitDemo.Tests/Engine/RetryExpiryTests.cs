using RabbitDemo.Messaging;
using RabbitDemo.Tests.Brokers;
using RabbitMQ.Client;

namespace RabbitDemo.Tests.Engine;

/// <summary>The way back from a retry queue is the broker's own: no publisher waits for a confirm there.</summary>
[Collection(BrokerCollection.Name)]
public sealed class RetryExpiryTests(TestBroker broker)
{
    private const string RetryQueue = "mensajes.retry.1000";
    private static readonly KeyValuePair<string, string?> Delay = new("RabbitDemo:Receiver:RetryDelays", "00:00:01");
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(3);

    /// <summary>Three seconds after the queues' declare, with the first one's own: a node that is killed sooner may lose them, a known limit of RabbitMQ's own.</summary>
    private static readonly TimeSpan UnderWay = TimeSpan.FromSeconds(2);

    [BrokerFact(BreaksIt = true)]
    public async Task LosesNothingWhenTheBrokerIsKilledWhileMessagesComeBack()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        var (cameBack, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var engine = await EngineHost.StartAsync(virtualHost, async (_, stopped) =>
        {
            cameBack.TrySetResult();
            await go.Task.WaitAsync(stopped);
        }, Delay);

        var retries = PublishRetriesAsync(virtualHost, go.Task);
        await cameBack.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await Task.Delay(UnderWay);
        await broker.KillAsync(CancellationToken.None);
        var confirmed = await retries;
        await broker.StartAsync(CancellationToken.None);
        go.SetResult();

        await Eventually.GetAsync("each is stored", TimeSpan.FromSeconds(60),
            () => Task.FromResult(confirmed.Except(engine.Inbox.Stored.Select(d => d.MessageId)).Count()), missing => missing == 0);
        Assert.Equal(engine.Inbox.Stored.Count, engine.Inbox.Stored.DistinctBy(d => d.MessageId).Count());
    }

    [BrokerFact(BreaksIt = true)]
    public async Task FindsItsWorkQueueAgainThoughThatWasGoneWhenItsTimeCame()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using (await EngineHost.StartAsync(virtualHost, (_, _) => Task.CompletedTask, Delay))
        {
        }

        await using var connection = await virtualHost.ConnectAsync(CancellationToken.None);
        await using var channel = await connection.CreateChannelAsync(new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        await channel.QueueDeleteAsync("mensajes");
        await PublishRetryAsync(channel, "m-0");
        var empty = 0; // times in a row: a quorum queue whose leader does not answer in a quarter of a second is said to be empty, too
        await Eventually.TrueAsync("its time has come", TimeSpan.FromSeconds(10),
            async () => (empty = await channel.MessageCountAsync(RetryQueue) == 0 ? empty + 1 : 0) == 5);

        await using var engine = await EngineHost.StartAsync(virtualHost, (_, _) => Task.CompletedTask, Delay);
        await engine.WhenStoredAsync("m-0");
    }

    /// <summary>One after the other, as failing attempts do, until the broker goes away; returns the ids of those that it confirmed.</summary>
    private static async Task<List<string>> PublishRetriesAsync(TestVirtualHost virtualHost, Task end)
    {
        List<string> confirmed = [];
        await using var connection = await virtualHost.ConnectAsync(CancellationToken.None);
        await using var channel = await connection.CreateChannelAsync(new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        try
        {
            while (!end.IsCompleted)
            {
                var id = $"m-{confirmed.Count}";
                await PublishRetryAsync(channel, id);
                confirmed.Add(id);
                await Task.Delay(Pace);
            }
        }
        catch (Exception e) when (BrokerErrors.IsBrokerFailure(e))
        {
        }

        return confirmed;
    }

    private static ValueTask PublishRetryAsync(IChannel channel, string messageId) => channel.BasicPublishAsync("", RetryQueue, mandatory: true,
        new BasicProperties { DeliveryMode = DeliveryModes.Persistent, MessageId = messageId }, """{"id":1,"tipo":"registro","payload":{}}"""u8.ToArray());
}
