using System.Text;
using RabbitDemo.Tests.Brokers;
using RabbitMQ.Client;

namespace RabbitDemo.Tests.Consumer;

[Collection(BrokerCollection.Name)]
public sealed class PlannedPrefetchTests(TestBroker broker)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    [BrokerFact]
    public async Task IsFollowedByEveryReplicaAndByOneThatStartsLater()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var first = await ConsumerUnderTest.StartAsync(virtualHost.Amqp);
        await using var second = await first.ReplicaAsync($"ConnectionStrings:rabbitmq={virtualHost.Amqp}");
        await PutAsync(first, """{"prefetch": {"*": 3}, "delayMilliseconds": {"*": 600000}}""");
        await using var third = await first.ReplicaAsync($"ConnectionStrings:rabbitmq={virtualHost.Amqp}");

        foreach (var replica in new[] { first, second, third })
        {
            await PrefetchAsync(replica, 3);
            await replica.Receiver.SetPrefetchAsync("mensajes", 3, CancellationToken.None); // after the change that is under way: its consumer has begun anew
        }

        await using var connection = await virtualHost.ConnectAsync(CancellationToken.None);
        await using var channel = await connection.CreateChannelAsync();
        for (var i = 0; i < 20; i++)
            await channel.BasicPublishAsync("", "mensajes", Encoding.UTF8.GetBytes("""{"id":1,"tipo":"a","payload":{}}"""));

        await Eventually.GetAsync("each replica holds three", Soon, () => virtualHost.CountAsync("mensajes"), q => q is { Unacked: 9, Consumers: 3 });
        await PutAsync(second, "{}");
        await PrefetchAsync(first, 1);
    }

    private static Task<int> PrefetchAsync(ConsumerUnderTest replica, int prefetch) => Eventually.GetAsync(
        $"the prefetch is {prefetch}", Soon, () => Task.FromResult(replica.Receiver.Holdings.Single().Prefetch), n => n == prefetch && replica.Receiver.Queues.Single().IsSubscribed);

    private static async Task PutAsync(ConsumerUnderTest consumer, string plan) =>
        (await consumer.Client.PutAsync("/faults", new StringContent(plan, mediaType: new("application/json")))).EnsureSuccessStatusCode();
}
