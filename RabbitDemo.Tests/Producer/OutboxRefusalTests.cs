using System.Diagnostics;
using RabbitDemo.Tests.Brokers;

namespace RabbitDemo.Tests.Producer;

/// <summary>The broker refuses a message because its queue is full: it may take it later.</summary>
[Collection(BrokerCollection.Name)]
public sealed class OutboxRefusalTests(TestBroker broker) : IDisposable
{
    private const int Behind = 300;
    private readonly OutboxUnderTest outbox = new();

    public void Dispose() => outbox.Dispose();

    [BrokerFact]
    public async Task WaitsForAFullQueueAndSendsWhatIsBehindItOnceMoreAtMost()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await virtualHost.LimitAsync("mensajes", 1);
        await using (var away = await outbox.StartAsync())
        {
            await OutboxUnderTest.AcceptAllAsync(away, 0, 2);
            await OutboxUnderTest.AcceptAllAsync(away, 2, Behind, "?exchange=mi_exchange&routingKey=user.created");
        }

        await using var producer = await outbox.StartAsync(virtualHost.Amqp.ToString());
        await Eventually.GetAsync("the queue refuses the second event again and again", TimeSpan.FromSeconds(20),
            () => Task.FromResult(producer.ChannelsReplaced), times => times >= 3);
        await virtualHost.LimitAsync("mensajes", null);
        await OutboxUnderTest.EmptyAsync(producer);

        // Confirmed is in the queue, so this is all that was published.
        await using var connection = await virtualHost.ConnectAsync(CancellationToken.None);
        await using var channel = await connection.CreateChannelAsync();
        Assert.InRange(await channel.MessageCountAsync("user_events"), (uint)Behind, 2u * Behind);
        Assert.Equal(Enumerable.Range(2, Behind).Select(id => (long)id), (await OutboxUnderTest.TakeAsync(virtualHost, "user_events", Behind)).Ids);
        Assert.Equal(0, producer.Reconnects);
        Assert.Equal([0, 1], (await OutboxUnderTest.TakeAsync(virtualHost, "mensajes", 2)).Ids);
    }

    [BrokerFact]
    public async Task TriesAFanOutOfWhichOneQueueIsFullLessAndLess()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await virtualHost.LimitAsync("logs_archivo", 0);
        await using (var away = await outbox.StartAsync())
            await OutboxUnderTest.AcceptAllAsync(away, 0, 1, "?exchange=logs");

        await using var connection = await virtualHost.ConnectAsync(CancellationToken.None);
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync("logs_alertas", durable: true, exclusive: false, autoDelete: false); // gets a copy with each attempt
        await using var producer = await outbox.StartAsync(virtualHost.Amqp.ToString());
        var notYet = Stopwatch.GetTimestamp();
        await Eventually.GetAsync("the event was tried 3 times", TimeSpan.FromSeconds(20), async () =>
        {
            var asked = Stopwatch.GetTimestamp();
            var tries = await channel.MessageCountAsync("logs_alertas");
            if (tries == 0)
                notYet = asked;
            return tries;
        }, tries => tries >= 3);
        Assert.InRange(Stopwatch.GetElapsedTime(notYet).TotalSeconds, 2.8, 20); // 1 s and 2 s
        await virtualHost.LimitAsync("logs_archivo", null);
        await OutboxUnderTest.EmptyAsync(producer);

        Assert.Equal([0], (await OutboxUnderTest.TakeAsync(virtualHost, "logs_archivo", 1)).Ids);
    }
}
