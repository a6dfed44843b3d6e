using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace RabbitDemo.Messaging;

/// <summary>
/// One queue's consumer on one session. Whoever brings a delivery, the session's stream or the client's callback, reads it and begins
/// its handler if one may run, but does not wait for it, so that the next can come; the prefetch bounds what waits here.
/// </summary>
internal sealed class QueueSubscription : AsyncDefaultBasicConsumer, IDeliveries, IAsyncDisposable
{
    private readonly InFlight inFlight = new();
    private readonly CrashSuspects suspects = new();
    private readonly BrokerSession session;
    private readonly MessageReader reader;
    private readonly HandlerQueue handlers;
    private readonly Acknowledgements acknowledgements;
    private readonly LedgerCounters counters;
    private readonly MovementLog? movements;
    private readonly TimeProvider clock;
    private readonly Action onCancelled;
    private readonly CancellationTokenSource cut;
    private readonly CancellationToken stopped;
    private long lastDelivery;
    private readonly ConsumerSwitch consumer;
    private volatile bool draining;

    private QueueSubscription(
        BrokerSession session, IChannel channel, WorkQueue queue, SubscriptionSettings settings,
        MessageReader reader, DeliveryProcessor processor, DeliverySpans spans, LedgerCounters counters, MovementLog? movements, TimeProvider clock,
        Action onCancelled) : base(channel)
    {
        this.session = session;
        this.reader = reader;
        this.counters = counters;
        this.movements = movements;
        this.clock = clock;
        this.onCancelled = onCancelled;
        Queue = queue;
        MayStandBy = settings.IsSingleActive;
        lastDelivery = clock.GetTimestamp();
        cut = CancellationTokenSource.CreateLinkedTokenSource(session.Stopped);
        stopped = cut.Token;
        acknowledgements = new(AcknowledgeAsync, queue.Name, settings.Prefetch, spans, inFlight, clock, Fault);
        handlers = new(processor, acknowledgements, inFlight, settings.Concurrency, Fault, stopped);
        consumer = new(channel, queue.Name, this, settings, inFlight, stopped);
    }

    public WorkQueue Queue { get; }

    public int Prefetch => consumer.Prefetch;

    /// <summary>It takes nothing on purpose, until less is held.</summary>
    public bool IsPaused => consumer.IsPaused;

    /// <summary>It takes no more, and waits for what is being handled.</summary>
    public bool IsDraining => draining;

    /// <summary>Declared with a single active consumer: no delivery may mean no more than that another process has the turn.</summary>
    public bool MayStandBy { get; }

    public int InFlightCount => inFlight.Count;

    /// <summary>When the oldest delivery that is held was received; null when none is.</summary>
    public DateTimeOffset? OldestAt => inFlight.OldestAt;

    public TimeSpan SinceLastDelivery => clock.GetElapsedTime(Volatile.Read(ref lastDelivery));

    /// <param name="onCancelled">The broker ended the subscription: the queue was deleted, or its node is gone. Called before the session ends over it.</param>
    public static async Task<QueueSubscription> StartAsync(
        BrokerSession session, WorkQueue queue, SubscriptionSettings settings,
        MessageReader reader, DeliveryProcessor processor, DeliverySpans spans, LedgerCounters counters, MovementLog? movements, TimeProvider clock,
        Action onCancelled, CancellationToken cancellationToken)
    {
        var channel = await session.OpenChannelAsync(new(false, false, consumerDispatchConcurrency: 1), cancellationToken);
        var subscription = new QueueSubscription(session, channel, queue, settings, reader, processor, spans, counters, movements, clock, onCancelled);
        session.Stream?.Register((ushort)channel.ChannelNumber, new(subscription, session.Connection.Endpoint.MaxInboundMessageBodySize));
        await subscription.consumer.StartAsync(cancellationToken);
        return subscription;
    }

    public override Task HandleBasicDeliverAsync(
        string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey,
        IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
    {
        Take(new(deliveryTag, redelivered, exchange, routingKey), properties, body);
        return Task.CompletedTask;
    }

    void IDeliveries.Deliver(in Envelope envelope, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body)
    {
        if (!stopped.IsCancellationRequested)
        {
            acknowledgements.BeginRead();
            Take(envelope, properties, body);
        }
    }

    void IDeliveries.EndRead() => acknowledgements.EndRead();

    public override Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        onCancelled();
        session.End($"the broker cancelled the consumer of {Queue.Name}: the queue is gone");
        return base.HandleBasicCancelAsync(consumerTag, cancellationToken);
    }

    /// <summary>
    /// Goes on with another prefetch, on the same channel: what is held stays held. A higher one counts for what comes from now on; with
    /// a lower one nothing comes until so little is held that a handler would have to wait.
    /// </summary>
    public async Task SetPrefetchAsync(int prefetch, CancellationToken cancellationToken)
    {
        acknowledgements.Resize(prefetch);
        try
        {
            await consumer.ChangeAsync(prefetch, () => Volatile.Write(ref lastDelivery, clock.GetTimestamp()), Fault, cancellationToken);
        }
        catch (ObjectDisposedException)
        {
            // The session is over: the next begins with it.
        }
    }

    /// <summary>Takes no more, and waits until what is being handled is done, or <paramref name="deadline"/> is cancelled.</summary>
    public async Task DrainAsync(CancellationToken deadline)
    {
        draining = true;
        try
        {
            await consumer.StopAsync(deadline);
        }
        catch (Exception e) when (BrokerErrors.IsBrokerFailure(e))
        {
            // The session is over, and with it the consumer.
        }

        handlers.Clear();
        try
        {
            await inFlight.WhenIdle().WaitAsync(deadline);
        }
        catch (OperationCanceledException)
        {
            // What is not done goes back to the broker with the session.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await cut.CancelAsync();
        handlers.Clear();
        await inFlight.WhenIdle();
        await consumer.DisposeAsync();
        cut.Dispose();
    }

    private void Take(in Envelope envelope, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body)
    {
        Volatile.Write(ref lastDelivery, clock.GetTimestamp());
        if (draining)
        {
            return;
        }

        var isSuspect = suspects.IsNext(envelope.Redelivered, Prefetch);
        var message = reader.Read(envelope, isSuspect, properties, body.Span);
        inFlight.Enter(envelope.DeliveryTag, message.Delivery?.ReceivedAt ?? clock.GetUtcNow());
        counters.Delivered(envelope.Redelivered);
        movements?.Happened(MovementKind.Delivered, Queue.Name, message);
        DeliveryMeasurements.Delivered(Queue.Name, envelope.Redelivered, properties, clock);
        handlers.Add(message);
    }

    private ValueTask AcknowledgeAsync(ulong deliveryTag, bool multiple)
    {
        if (session.Stream is not { } stream)
        {
            return Channel.BasicAckAsync(deliveryTag, multiple, stopped);
        }

        stopped.ThrowIfCancellationRequested();
        return Channel.CloseReason is { } reason
            ? throw new AlreadyClosedException(reason)
            : stream.WriteFrameAsync(AmqpFrame.OfAck((ushort)Channel.ChannelNumber, deliveryTag, multiple), stopped);
    }

    /// <summary>A delivery that cannot be settled is delivered again on the next session; anything else would hold its prefetch slot.</summary>
    private void Fault(Exception e)
    {
        if (!cut.IsCancellationRequested)
        {
            session.End(BrokerErrors.IsBrokerFailure(e) ? BrokerErrors.Describe(e) : $"a delivery from {Queue.Name} could not be settled: {e.Message}");
        }
    }
}
