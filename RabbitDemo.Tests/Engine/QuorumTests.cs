using RabbitDemo.Messaging;
using RabbitDemo.Tests.Brokers;

namespace RabbitDemo.Tests.Engine;

/// <summary>The same promises with quorum queues, by the one setting.</summary>
[Collection(BrokerCollection.Name)]
public sealed class QuorumTests(TestBroker broker)
{
    private static readonly KeyValuePair<string, string?> Quorum = new("RabbitDemo:Queues:Type", "Quorum");

    [BrokerFact]
    public async Task RetriesAndDeadLettersThroughQuorumQueues()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var engine = await EngineHost.StartAsync(virtualHost, (delivery, _) =>
            delivery.Evento.Tipo == "falla" ? throw new InvalidOperationException("boom") : Task.CompletedTask, Quorum);

        await engine.PublishAsync("fails", "falla");
        await engine.PublishAsync("works");
        await engine.WhenStoredAsync("works");
        var letter = await engine.WhenDeadAsync("fails");

        Assert.Equal((DeathReasons.HandlerFailed, 4), (letter.Reason, letter.Attempts));
        Assert.Equal("quorum", await virtualHost.TypeAsync("mensajes"));
        Assert.Equal("quorum", await virtualHost.TypeAsync("mensajes.retry.50"));
        Assert.Equal("classic", await virtualHost.TypeAsync("mensajes.dead"));
    }

    [BrokerFact]
    public async Task TakesInWhatTheBrokerGaveUpAtItsDeliveryLimit()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        var handling = new TaskCompletionSource();
        await using var engine = await EngineHost.StartAsync(virtualHost, async (_, token) =>
        {
            handling.TrySetResult();
            await Task.Delay(Timeout.Infinite, token);
        }, Quorum);
        await engine.PublishAsync("held");
        await handling.Task;
        await engine.PublishAsync("requeued");

        await using var connection = await virtualHost.ConnectAsync(CancellationToken.None);
        await using var channel = await connection.CreateChannelAsync();
        for (var requeues = 0; requeues <= QueueOptions.DeliveryLimit; requeues++)
        {
            var got = await Eventually.GetAsync($"it is there after {requeues} requeues", TimeSpan.FromSeconds(10),
                () => channel.BasicGetAsync(EngineHost.Queue, autoAck: false), got => got is not null);
            await channel.BasicRejectAsync(got?.DeliveryTag ?? 0, requeue: true); // since RabbitMQ 4.3 a nacked one does not count
        }

        var letter = await engine.WhenDeadAsync("requeued");
        Assert.Equal("broker:delivery_limit", letter.Reason);
    }
}
