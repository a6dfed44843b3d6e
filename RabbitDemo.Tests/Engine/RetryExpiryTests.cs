using RabbitDemo.Messaging;
using RabbitDemo.Tests.Brokers;
using RabbitMQ.Client;

namespace RabbitDemo.Tests.Engine;

/// <summary>The way back from a retry queue is the broker's own: no publisher waits for a confirm there.</summary>
[Collection(BrokerCollection.Name)]
public sealed class RetryExpiryTests(TestBroker broker)
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(3);
    private static readonly TimeSpan UnderWay = TimeSpan.FromMilliseconds(500);

    [BrokerFact(BreaksIt = true)]
    public async Task LosesNothingWhenTheBrokerIsKilledWhileMessagesComeBack()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        var (cameBack, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var engine = await EngineHost.StartAsync(virtualHost, async (_, stopped) =>
        {
            cameBack.TrySetResult();
            await go.Task.WaitAsync(stopped);
        }, new KeyValuePair<string, string?>("RabbitDemo:Receiver:RetryDelays", "00:00:01"));

        var retries = PublishRetriesAsync(virtualHost, go.Task);
        await cameBack.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await Task.Delay(UnderWay);
        await broker.KillAsync(CancellationToken.None);
        var confirmed = await retries;
        await broker.StartAsync(CancellationToken.None);
        go.SetResult();

        await Eventually.GetAsync("each is stored", TimeSpan.FromSeconds(30),
            () => Task.FromResult(confirmed.Except(engine.Inbox.Stored.Select(d => d.MessageId)).Count()), missing => missing == 0);
        Assert.Equal(engine.Inbox.Stored.Count, engine.Inbox.Stored.DistinctBy(d => d.MessageId).Count());
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
                await channel.BasicPublishAsync("", "mensajes.retry.1000", mandatory: true,
                    new BasicProperties { DeliveryMode = DeliveryModes.Persistent, MessageId = id }, """{"id":1,"tipo":"registro","payload":{}}"""u8.ToArray());
                confirmed.Add(id);
                await Task.Delay(Pace);
            }
        }
        catch (Exception e) when (BrokerErrors.IsBrokerFailure(e))
        {
        }

        return confirmed;
    }
}
