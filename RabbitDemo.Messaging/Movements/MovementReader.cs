using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace RabbitDemo.Messaging;

/// <summary>
/// Hears what all processes of the system tell, on a connection of its own, from when it is connected on. Each reader hears
/// everything, in the order in which each process told it; one that is slow loses the oldest batches.
/// </summary>
public sealed partial class MovementReader : BackgroundService
{
    /// <summary>Batches that the broker keeps for a reader that does not keep up.</summary>
    private const int MostWaiting = 1_000;

    /// <summary>Batches that are under way to a reader: what the client has been given, nobody drops.</summary>
    private const ushort Prefetch = 20;

    private readonly ConnectionSupervisor supervisor;
    private readonly ILogger logger;
    private long unreadable;

    internal MovementReader(IConnectionFactory factory, ConnectionOptions options, TimeProvider clock, ILogger<MovementReader> logger)
    {
        this.logger = logger;
        supervisor = new("watch", factory, options, clock, logger);
    }

    /// <summary>A batch came. Raised on the reader's thread, one batch at a time; a subscriber that throws keeps it from nobody else.</summary>
    public event Action<MovementBatch>? Received;

    public ConnectionStatus Status => supervisor.Status;

    /// <summary>Messages that were no batch, and were passed over.</summary>
    public long Unreadable => Volatile.Read(ref unreadable);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => supervisor.RunAsync(BuildAsync, stoppingToken);

    private async Task<IAsyncDisposable> BuildAsync(BrokerSession session, CancellationToken cancellationToken)
    {
        var channel = await session.OpenChannelAsync(new(false, false, consumerDispatchConcurrency: 1), cancellationToken);
        await MovementExchange.DeclareAsync(channel, cancellationToken);
        var queue = await channel.QueueDeclareAsync(
            "", durable: false, exclusive: true, autoDelete: true,
            new Dictionary<string, object?> { ["x-max-length"] = MostWaiting, ["x-overflow"] = "drop-head" },
            cancellationToken: cancellationToken);
        await channel.QueueBindAsync(queue.QueueName, MovementExchange.Name, "", cancellationToken: cancellationToken);
        await channel.BasicQosAsync(0, Prefetch, global: false, cancellationToken);
        await channel.BasicConsumeAsync(queue.QueueName, autoAck: false, new Listener(this, session, channel), cancellationToken);
        return new Listening(session);
    }

    private void Read(ReadOnlySpan<byte> body)
    {
        MovementBatch? batch;
        try
        {
            batch = JsonSerializer.Deserialize(body, MovementJson.Default.MovementBatch);
        }
        catch (JsonException)
        {
            batch = null;
        }

        if (batch is null)
        {
            Interlocked.Increment(ref unreadable);
            return;
        }

        foreach (var subscriber in Delegate.EnumerateInvocationList(Received))
        {
            try
            {
                subscriber(batch);
            }
            catch (Exception e)
            {
                LogSubscriberFailed(e, batch.Instance, batch.Number);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Batch {Number} of {Instance} could not be used")]
    private partial void LogSubscriberFailed(Exception exception, string instance, long number);

    private sealed class Listener(MovementReader reader, BrokerSession session, IChannel channel) : AsyncDefaultBasicConsumer(channel)
    {
        public override async Task HandleBasicDeliverAsync(
            string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey,
            IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
        {
            reader.Read(body.Span);
            try
            {
                await Channel.BasicAckAsync(deliveryTag, multiple: false, session.Stopped);
            }
            catch (Exception e) when (BrokerErrors.IsBrokerFailure(e))
            {
                session.End(BrokerErrors.Describe(e));
            }
        }

        public override Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
        {
            session.End("the broker cancelled the reader of movements: its queue is gone");
            return base.HandleBasicCancelAsync(consumerTag, cancellationToken);
        }
    }

    private sealed class Listening(BrokerSession session) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            session.End("closed");
            return ValueTask.CompletedTask;
        }
    }
}
