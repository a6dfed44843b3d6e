using System.Diagnostics;
using RabbitMQ.Client;

namespace RabbitDemo.Messaging;

/// <summary>
/// Moves what arrives in a dead-letter queue into the service's store: a dead letter, which can be listed, redriven and deleted there, or
/// the notice that the work queue was deleted.
/// </summary>
internal sealed class DeadLetterMover : AsyncDefaultBasicConsumer
{
    private const ushort Prefetch = 50;
    private readonly BrokerSession session;
    private readonly WorkQueue queue;
    private readonly IInbox inbox;
    private readonly Trouble trouble;
    private readonly DeliverySpans spans;
    private readonly TimeProvider clock;

    private DeadLetterMover(BrokerSession session, IChannel channel, WorkQueue queue, IInbox inbox, Trouble trouble, BrokerAddress broker, TimeProvider clock) : base(channel)
    {
        this.session = session;
        this.queue = queue;
        this.inbox = inbox;
        this.trouble = trouble;
        this.clock = clock;
        spans = new(queue.DeadLetterQueue, broker);
    }

    public static async Task StartAsync(
        BrokerSession session, WorkQueue queue, IInbox inbox, Trouble trouble, BrokerAddress broker, TimeProvider clock, CancellationToken cancellationToken)
    {
        var channel = await session.OpenChannelAsync(new(false, false, consumerDispatchConcurrency: 1), cancellationToken);
        await channel.BasicQosAsync(0, Prefetch, global: false, cancellationToken);
        var mover = new DeadLetterMover(session, channel, queue, inbox, trouble, broker, clock);
        await channel.BasicConsumeAsync(queue.DeadLetterQueue, autoAck: false, mover, cancellationToken);
    }

    public override Task HandleBasicDeliverAsync(
        string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey,
        IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
    {
        // Not awaited: a store that is away must not keep the client from telling of the queue's end. Prefetch bounds it.
        if (DeletionNotice.Read(properties) is { } notice)
        {
            _ = RecordAsync(deliveryTag, notice);
            return Task.CompletedTask;
        }

        var letter = DeadLetterReader.Read(queue, exchange, routingKey, properties, body.Span, clock);
        DeliveryMeasurements.Delivered(queue.DeadLetterQueue, redelivered, properties, clock);
        _ = MoveAsync(new(deliveryTag, letter.MessageId, exchange, routingKey, redelivered, properties), letter);
        return Task.CompletedTask;
    }

    public override Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        session.End($"the broker cancelled the consumer of {queue.DeadLetterQueue}: the queue is gone");
        return base.HandleBasicCancelAsync(consumerTag, cancellationToken);
    }

    private async Task MoveAsync(DeliveryFacts facts, DeadLetter letter)
    {
        var started = clock.GetTimestamp();
        using var activity = spans.StartProcess(facts, attempt: 1);
        try
        {
            await BuryAsync(letter);
            DeliveryMeasurements.Processed(queue.DeadLetterQueue, clock.GetElapsedTime(started), errorType: null);
            await AcknowledgeAsync(facts, activity);
        }
        catch (Exception e)
        {
            activity?.Fail(e);
            Fault(e);
        }
    }

    private async Task RecordAsync(ulong deliveryTag, DeletionNotice notice)
    {
        try
        {
            await trouble.InsistAsync(async token =>
            {
                await inbox.RecordQueueMissingAsync(queue.Name, notice.DeletedAt, token);
                await inbox.RecordQueueSeenAsync(queue.Name, notice.DeclaredAt, token);
                return true;
            }, session.Stopped);
            await Channel.BasicAckAsync(deliveryTag, multiple: false, session.Stopped);
        }
        catch (Exception e)
        {
            Fault(e);
        }
    }

    private async Task BuryAsync(DeadLetter letter)
    {
        using var write = spans.StartWrite("bury", letter.MessageId);
        await trouble.InsistAsync(async token =>
        {
            await inbox.BuryAsync(letter, token);
            return true;
        }, session.Stopped);
    }

    private void Fault(Exception e) =>
        session.End(BrokerErrors.IsBrokerFailure(e) ? BrokerErrors.Describe(e) : $"a dead letter of {queue.Name} could not be stored: {e.Message}");

    private async Task AcknowledgeAsync(DeliveryFacts facts, Activity? attempt)
    {
        var started = clock.GetTimestamp();
        using var activity = spans.StartAck(facts, attempt);
        await Channel.BasicAckAsync(facts.DeliveryTag, multiple: false, session.Stopped);
        DeliveryMeasurements.Acknowledged(queue.DeadLetterQueue, clock.GetElapsedTime(started));
    }
}
