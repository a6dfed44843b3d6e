using System.Diagnostics;

namespace RabbitDemo.Messaging;

/// <summary>The span and the measurements of one publish: it ends with the broker's verdict.</summary>
internal sealed class PublishSpans(BrokerAddress broker, MeasuredDestinations destinations)
{
    public Activity? Start(OutgoingMessage message)
    {
        if (!MessagingTelemetry.Source.HasListeners())
        {
            return null;
        }

        var destination = MessagingTelemetry.Destination(message.Exchange, message.RoutingKey);
        var activity = Start($"publish {destination}", message);
        if (activity is { IsAllDataRequested: true })
        {
            activity.SetTag("messaging.system", "rabbitmq");
            activity.SetTag("messaging.operation.name", "publish");
            activity.SetTag("messaging.operation.type", "send");
            activity.SetTag("messaging.destination.name", destination);
            activity.SetTag("messaging.message.id", message.Properties.MessageId);
            activity.SetTag("messaging.message.body.size", message.Body.Length);
            broker.Describe(activity);
            if (message.RoutingKey.Length > 0)
            {
                activity.SetTag("messaging.rabbitmq.destination.routing_key", message.RoutingKey);
            }

            if (message.Properties.IsCorrelationIdPresent())
            {
                activity.SetTag("messaging.message.conversation_id", message.Properties.CorrelationId);
            }
        }

        return activity;
    }

    public void End(Activity? activity, OutgoingMessage message, PublishOutcome outcome, TimeSpan elapsed)
    {
        var error = ErrorType(outcome.Status);
        if (activity is not null && error is not null)
        {
            activity.Fail(error, outcome.Reason);
        }

        if (MessagingTelemetry.Sent.Enabled || MessagingTelemetry.OperationDuration.Enabled)
        {
            var tags = Tags(message, error);
            MessagingTelemetry.Sent.Add(1, tags);
            MessagingTelemetry.OperationDuration.Record(elapsed.TotalSeconds, tags);
        }
    }

    /// <summary>
    /// A message that belongs to a trace already stays in it: what asked for a redrive, days later, is linked, not its parent.
    /// </summary>
    private static Activity? Start(string name, OutgoingMessage message)
    {
        var current = Activity.Current;
        var carried = TraceHeaders.Extract(message.Properties.Headers);
        return carried == default || carried.TraceId == current?.TraceId
            ? MessagingTelemetry.Source.StartActivity(name, ActivityKind.Producer)
            : MessagingTelemetry.Source.StartActivity(
                name, ActivityKind.Producer, carried, links: current is null ? null : [new ActivityLink(current.Context)]);
    }

    private static string? ErrorType(PublishStatus status) => status switch
    {
        PublishStatus.Confirmed => null,
        PublishStatus.Returned => "returned",
        PublishStatus.Refused => "refused",
        _ => "unknown"
    };

    private TagList Tags(OutgoingMessage message, string? error)
    {
        TagList tags =
        [
            new("messaging.system", "rabbitmq"),
            new("messaging.operation.name", "publish"),
            new("messaging.operation.type", "send"),
            new("messaging.destination.name", destinations.Of(message.Exchange, message.RoutingKey))
        ];
        if (error is not null)
        {
            tags.Add("error.type", error);
        }

        return tags;
    }
}
