using System.Buffers.Binary;
using RabbitDemo.Messaging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace RabbitDemo.Tests.Routing;

/// <summary>One message as the router and the broker get it.</summary>
internal sealed record Publication(string Exchange, string RoutingKey, IReadOnlyDictionary<string, object?>? Headers = null);

/// <summary>Asks the real broker where messages go: declares a topology, publishes, and sees which queues got what.</summary>
/// <remarks>Everything is exclusive to the channel's connection and deleted before this returns.</remarks>
internal static class BrokerRouting
{
    private const int End = -1;
    private static readonly TimeSpan ArrivesWithin = TimeSpan.FromSeconds(60);

    /// <returns>For each publication the names of the queues that got it, sorted, one entry a copy.</returns>
    public static async Task<string[][]> RouteAsync(IConnection connection, Topology topology, IReadOnlyList<Publication> publications)
    {
        await using var channel = await connection.CreateChannelAsync();
        await DeclareAsync(channel, topology);
        var collector = new Collector(topology.Queues.Count, publications.Count);
        foreach (var queue in topology.Queues)
            await channel.BasicConsumeAsync(queue.Name, autoAck: true, consumerTag: queue.Name, collector.On(channel));

        for (var i = 0; i < publications.Count; i++)
        {
            var (exchange, key, headers) = publications[i];
            var properties = new BasicProperties { Headers = headers?.ToDictionary(h => h.Key, h => h.Value) };
            await channel.BasicPublishAsync(exchange, key, mandatory: false, properties, Number(i));
        }

        // One channel's messages stay in order in each queue: behind this one nothing more is to come.
        foreach (var queue in topology.Queues)
            await channel.BasicPublishAsync("", queue.Name, Number(End));

        var arrived = await collector.Complete.WaitAsync(ArrivesWithin);
        await DeleteAsync(channel, topology);
        return arrived;
    }

    private static async Task DeclareAsync(IChannel channel, Topology topology)
    {
        foreach (var exchange in topology.Exchanges)
        {
            var arguments = exchange.AlternateExchange is { } alternate ? new Dictionary<string, object?> { ["alternate-exchange"] = alternate } : null;
            await channel.ExchangeDeclareAsync(
                exchange.Name, exchange.Type.ToString().ToLowerInvariant(), durable: false, autoDelete: false, arguments, noWait: true);
        }

        foreach (var queue in topology.Queues)
            await channel.QueueDeclareAsync(queue.Name, durable: false, exclusive: true, autoDelete: false, noWait: true);

        foreach (var binding in topology.Bindings)
        {
            var arguments = binding.Arguments?.ToDictionary(a => a.Key, a => a.Value);
            if (binding.ToExchange)
                await channel.ExchangeBindAsync(binding.Destination, binding.Exchange, binding.RoutingKey, arguments, noWait: true);
            else
                await channel.QueueBindAsync(binding.Destination, binding.Exchange, binding.RoutingKey, arguments, noWait: true);
        }
    }

    private static async Task DeleteAsync(IChannel channel, Topology topology)
    {
        foreach (var exchange in topology.Exchanges)
            await channel.ExchangeDeleteAsync(exchange.Name, ifUnused: false, noWait: true);

        foreach (var queue in topology.Queues)
            await channel.QueueDeleteAsync(queue.Name, ifUnused: false, ifEmpty: false, noWait: true);
    }

    private static byte[] Number(int i)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, i);
        return bytes;
    }

    /// <summary>Sorts what arrives by message. The channel hands deliveries over one at a time.</summary>
    private sealed class Collector(int queues, int publications)
    {
        private readonly List<string>[] arrived = [.. Enumerable.Range(0, publications).Select(_ => new List<string>())];
        private readonly TaskCompletionSource<string[][]> complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int open = queues;

        public Task<string[][]> Complete => complete.Task;

        public AsyncEventingBasicConsumer On(IChannel channel)
        {
            var consumer = new AsyncEventingBasicConsumer(channel);
            consumer.ReceivedAsync += (_, delivery) => Task.FromResult(Add(delivery.ConsumerTag, BinaryPrimitives.ReadInt32LittleEndian(delivery.Body.Span)));
            return consumer;
        }

        private bool Add(string queue, int number)
        {
            if (number != End)
            {
                arrived[number].Add(queue);
                return false;
            }

            if (--open > 0)
                return false;

            return complete.TrySetResult([.. arrived.Select(a => a.Order(StringComparer.Ordinal).ToArray())]);
        }
    }
}
