using RabbitMQ.Client;

namespace RabbitDemo.Tests.Brokers;

[Collection(BrokerCollection.Name)]
public sealed class TestBrokerTests(TestBroker broker, TestVirtualHost virtualHost) : IClassFixture<TestVirtualHost>
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [BrokerFact]
    public async Task CountsWhatAQueueHolds()
    {
        await using var connection = await virtualHost.ConnectAsync(CancellationToken.None);
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync("counted", durable: true, exclusive: false, autoDelete: false);

        await channel.BasicPublishAsync("", "counted", new byte[] { 1 });

        var counts = await Eventually.GetAsync("one message is ready", Soon, () => virtualHost.CountAsync("counted"), c => c?.Ready == 1);
        Assert.Equal(1, counts?.Total);
    }

    [BrokerFact]
    public async Task ClosesTheConnectionsOfItsVirtualHost()
    {
        await using var own = await broker.CreateVirtualHostAsync(); // of the one that the tests share, another's last connection may still be listed
        await using var connection = await own.ConnectAsync(CancellationToken.None);
        await Eventually.TrueAsync("a connection is closed", Soon, async () => await own.CloseAllConnectionsAsync() > 0);

        await Eventually.TrueAsync("the client sees it", Soon, () => Task.FromResult(!connection.IsOpen));
    }

    [BrokerFact(BreaksIt = true)]
    public async Task KeepsDurableMessagesWhenTheNodeIsKilled()
    {
        await OnChannelAsync(channel => channel.QueueDeclareAsync("kept", durable: true, exclusive: false, autoDelete: false));

        // A node that is killed within about two seconds of a declare can lose the queue: its metadata are flushed that much later.
        await broker.StopAsync(CancellationToken.None);
        await broker.StartAsync(CancellationToken.None);
        await OnChannelAsync(channel => channel.BasicPublishAsync("", "kept", true, new BasicProperties { Persistent = true }, new byte[] { 1 }).AsTask());
        await broker.KillAsync(CancellationToken.None);
        await broker.StartAsync(CancellationToken.None);

        var counts = await Eventually.GetAsync("the message is back", Soon, () => virtualHost.CountAsync("kept"), c => c?.Ready == 1);
        Assert.Equal(0, counts?.Consumers);
    }

    private async Task OnChannelAsync(Func<IChannel, Task> use)
    {
        await using var connection = await virtualHost.ConnectAsync(CancellationToken.None);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        await use(channel);
    }

    [BrokerFact(BreaksIt = true)]
    public async Task BlocksPublishersWhileTheMemoryAlarmIsOn()
    {
        await using var connection = await virtualHost.ConnectAsync(CancellationToken.None);
        await using var channel = await connection.CreateChannelAsync();
        var blocked = new TaskCompletionSource();
        connection.ConnectionBlockedAsync += (_, _) =>
        {
            blocked.TrySetResult();
            return Task.CompletedTask;
        };

        try
        {
            await broker.SetMemoryAlarmAsync(CancellationToken.None);
            await channel.BasicPublishAsync("", "nowhere", new byte[] { 1 });

            await blocked.Task.WaitAsync(Soon);
        }
        finally
        {
            await broker.ClearMemoryAlarmAsync(CancellationToken.None);
        }
    }
}
