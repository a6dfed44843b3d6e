using System.Text.Json;
using System.Threading.Channels;
using RabbitMQ.Client;

namespace RabbitDemo.Benchmarks.Candidates;

/// <summary>The client library with acknowledgements by a second loop: the newest handled tag, with <c>multiple</c>.</summary>
internal sealed class RawTrailing(Uri broker) : Raw(broker)
{
    protected override IAsyncBasicConsumer Consumer(IChannel channel, Action<long> handled) => new Trailing(channel, handled);

    private sealed class Trailing : AsyncDefaultBasicConsumer
    {
        private readonly Channel<ulong> newest = System.Threading.Channels.Channel.CreateBounded<ulong>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        private readonly Action<long> handled;

        public Trailing(IChannel channel, Action<long> handled)
            : base(channel)
        {
            this.handled = handled;
            _ = Task.Run(AcknowledgeAsync);
        }

        public override Task HandleBasicDeliverAsync(
            string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey,
            IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
        {
            var evento = JsonSerializer.Deserialize<BenchEvent>(body.Span, JsonSerializerOptions.Web);
            handled(evento?.Id ?? 0);
            newest.Writer.TryWrite(deliveryTag);
            return Task.CompletedTask;
        }

        private async Task AcknowledgeAsync()
        {
            await foreach (var tag in newest.Reader.ReadAllAsync())
                await Channel.BasicAckAsync(tag, multiple: true);
        }
    }
}
