using System.Text.Json;
using RabbitMQ.Client;

namespace RabbitDemo.Benchmarks.Candidates;

/// <summary>The client library by itself: one channel, confirms tracked by the library, no limiter; a bare consumer that acknowledges each delivery.</summary>
internal class Raw(Uri broker) : ICandidate
{
    private static readonly CachedString NoExchange = new("");
    private readonly List<IAsyncDisposable> opened = [];
    private IChannel? channel;

    public string Queue => "bench-raw";

    protected IChannel Channel => channel ?? throw new InvalidOperationException("The publisher has not been started.");

    protected CachedString Key { get; } = new("bench-raw");

    protected virtual CreateChannelOptions PublishOptions => new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true);

    public virtual async Task StartPublisherAsync()
    {
        channel = await OpenAsync(PublishOptions);
        await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false);
    }

    public virtual async Task PublishAsync(long id) => await Channel.BasicPublishAsync(NoExchange, Key, mandatory: true, Properties(), Body(id));

    public async Task StartConsumerAsync(int prefetch, Action<long> handled)
    {
        var consuming = await OpenAsync(new(false, false));
        await consuming.BasicQosAsync(0, (ushort)prefetch, global: false);
        await consuming.BasicConsumeAsync(Queue, autoAck: false, Consumer(consuming, handled));
    }

    protected virtual IAsyncBasicConsumer Consumer(IChannel channel, Action<long> handled) => new AckEach(channel, handled);

    public async ValueTask DisposeAsync()
    {
        foreach (var one in Enumerable.Reverse(opened))
            await one.DisposeAsync();
    }

    /// <summary>Those that the wire contract asks of any publisher: without them the broker takes 5 to 9 in a hundred more.</summary>
    protected static BasicProperties Properties() => new()
    {
        ContentType = "application/json",
        DeliveryMode = DeliveryModes.Persistent,
        MessageId = Guid.CreateVersion7().ToString(),
        Type = "registro",
        Timestamp = new(DateTimeOffset.UtcNow.ToUnixTimeSeconds()),
        AppId = "bench"
    };

    protected static byte[] Body(long id) => JsonSerializer.SerializeToUtf8Bytes(BenchEvent.Of(id), JsonSerializerOptions.Web);

    private async Task<IChannel> OpenAsync(CreateChannelOptions options)
    {
        var connection = await new ConnectionFactory { Uri = broker, AutomaticRecoveryEnabled = false }.CreateConnectionAsync();
        opened.Add(connection);
        var open = await connection.CreateChannelAsync(options);
        opened.Add(open);
        return open;
    }

    private sealed class AckEach(IChannel channel, Action<long> handled) : AsyncDefaultBasicConsumer(channel)
    {
        public override async Task HandleBasicDeliverAsync(
            string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey,
            IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
        {
            var evento = JsonSerializer.Deserialize<BenchEvent>(body.Span, JsonSerializerOptions.Web);
            handled(evento?.Id ?? 0);
            await Channel.BasicAckAsync(deliveryTag, multiple: false, cancellationToken);
        }
    }
}
