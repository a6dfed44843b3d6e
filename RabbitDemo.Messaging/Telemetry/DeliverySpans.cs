using System.Diagnostics;
using RabbitMQ.Client;

namespace RabbitDemo.Messaging;

/// <summary>
/// The spans of what becomes of one queue's deliveries: <c>process</c> for each attempt, child of the context that the message
/// carries and linked to it; the store's writes and the <c>ack</c> below it.
/// </summary>
internal sealed class DeliverySpans(string queue, BrokerAddress broker)
{
    /// <summary>Begins an attempt. A message without a context begins a trace of its own, whatever is current here.</summary>
    public Activity? StartProcess(in DeliveryFacts facts, int attempt)
    {
        if (!MessagingTelemetry.Source.HasListeners())
        {
            return null;
        }

        var context = TraceHeaders.Extract(facts.Properties.Headers);
        if (context == default)
        {
            Activity.Current = null;
        }

        var destination = facts.Destination(queue);
        var activity = MessagingTelemetry.Source.StartActivity(
            $"process {destination}", ActivityKind.Consumer, context, links: context == default ? null : [new ActivityLink(context)]);
        if (activity is null)
        {
            return null;
        }

        foreach (var (key, value) in TraceHeaders.ExtractBaggage(facts.Properties.Headers))
        {
            activity.AddBaggage(key, value);
        }

        if (activity.IsAllDataRequested)
        {
            Describe(activity, "process", "process", destination, facts);
            activity.SetTag("rabbitdemo.attempt", attempt);
            activity.SetTag("rabbitdemo.redelivered", facts.Redelivered);
        }

        return activity;
    }

    /// <summary>An acknowledgement: below the attempt, or for a duplicate, which has none, below the message's own context.</summary>
    public Activity? StartAck(in DeliveryFacts facts, Activity? attempt)
    {
        if (!MessagingTelemetry.Source.HasListeners())
        {
            return null;
        }

        var destination = facts.Destination(queue);
        var activity = MessagingTelemetry.Source.StartActivity(
            $"ack {destination}", ActivityKind.Client, attempt?.Context ?? TraceHeaders.Extract(facts.Properties.Headers));
        if (activity is { IsAllDataRequested: true })
        {
            Describe(activity, "ack", "settle", destination, facts);
        }

        return activity;
    }

    /// <summary>A write to the service's store, until it is committed: <c>store</c>, <c>fail</c> or <c>bury</c>.</summary>
    public Activity? StartWrite(string operation, string messageId)
    {
        var activity = MessagingTelemetry.Source.HasListeners()
            ? MessagingTelemetry.Source.StartActivity($"{operation} {queue}", ActivityKind.Internal)
            : null;
        if (activity is { IsAllDataRequested: true })
        {
            activity.SetTag("messaging.message.id", messageId);
            activity.SetTag("rabbitdemo.queue", queue);
        }

        return activity;
    }

    private void Describe(Activity activity, string operation, string type, string destination, in DeliveryFacts facts)
    {
        activity.SetTag("messaging.system", "rabbitmq");
        activity.SetTag("messaging.operation.name", operation);
        activity.SetTag("messaging.operation.type", type);
        activity.SetTag("messaging.destination.name", destination);
        activity.SetTag("messaging.rabbitmq.message.delivery_tag", (long)facts.DeliveryTag);
        activity.SetTag("messaging.message.id", facts.MessageId);
        broker.Describe(activity);
        if (facts.RoutingKey.Length > 0)
        {
            activity.SetTag("messaging.rabbitmq.destination.routing_key", facts.RoutingKey);
        }

        if (facts.Properties.IsCorrelationIdPresent())
        {
            activity.SetTag("messaging.message.conversation_id", facts.Properties.CorrelationId);
        }
    }
}

/// <summary>What spans say of a delivery.</summary>
/// <param name="DeliveryTag">Of its channel.</param>
/// <param name="MessageId">Its own, or the one made up for it.</param>
/// <param name="Exchange">That it was first published to; empty for the default exchange.</param>
/// <param name="RoutingKey">That it was first published with.</param>
/// <param name="Redelivered">The broker has delivered it before.</param>
/// <param name="Properties">As they came.</param>
internal readonly record struct DeliveryFacts(
    ulong DeliveryTag, string MessageId, string Exchange, string RoutingKey, bool Redelivered, IReadOnlyBasicProperties Properties)
{
    public static DeliveryFacts Of(ReceivedMessage message) => new(
        message.DeliveryTag, message.MessageId, message.Origin.Exchange, message.Origin.RoutingKey, message.Redelivered, message.Properties);

    public string Destination(string queue) => MessagingTelemetry.Destination(Exchange, RoutingKey, queue);
}
