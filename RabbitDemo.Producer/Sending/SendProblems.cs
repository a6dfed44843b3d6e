using Microsoft.AspNetCore.Mvc;
using RabbitDemo.Messaging;

namespace RabbitDemo.Producer.Sending;

/// <summary>Why an event that is well-formed was not taken.</summary>
internal static class SendProblems
{
    /// <summary>The engine tries the broker again at most this often.</summary>
    public const string RetryAfterSeconds = "2";

    /// <summary>An exchange that nobody declared, or no exchange and a key that is no work queue's: retry, dead-letter and other systems' queues are not sent to.</summary>
    public static ProblemDetails? ForUnknownTarget(Route route, Topology topology) => route switch
    {
        { Exchange: "" } => topology.FindQueue(route.RoutingKey) is null ? NoQueue(route) : null,
        _ when topology.FindExchange(route.Exchange) is null => new()
        {
            Status = StatusCodes.Status404NotFound,
            Title = "No such exchange",
            Detail = $"There is no exchange \"{route.Exchange}\". GET /topology names those that there are.",
            Extensions = { ["exchange"] = route.Exchange }
        },
        _ => null
    };

    /// <returns>Null when the broker has confirmed the event.</returns>
    public static ProblemDetails? ForOutcome(PublishOutcome outcome, Route route, string messageId) => outcome.Status switch
    {
        PublishStatus.Confirmed => null,
        PublishStatus.Returned => NoQueue(route),
        PublishStatus.Refused => NotNow("The broker cannot take the event now", $"It is not stored: {outcome.Reason}.", messageId),
        _ => NotNow("The broker has not confirmed the event", $"It may or may not be stored: {outcome.Reason}.", messageId)
    };

    /// <summary>503: not promised, so the sender comes back.</summary>
    public static ProblemDetails NotNow(string title, string reason, string messageId) => new()
    {
        Status = StatusCodes.Status503ServiceUnavailable,
        Title = title,
        Detail = $"{reason} Send it again with Idempotency-Key: {messageId} and it is stored once.",
        Extensions = { ["messageId"] = messageId }
    };

    /// <summary>422: it would get lost.</summary>
    public static ProblemDetails NoQueue(Route route) => new()
    {
        Status = StatusCodes.Status422UnprocessableEntity,
        Title = "No queue would get the event",
        Detail = route.Exchange.Length == 0
            ? $"There is no work queue \"{route.RoutingKey}\". GET /topology names those that there are."
            : $"No queue is bound to exchange \"{route.Exchange}\" for routing key \"{route.RoutingKey}\" and these headers.",
        Extensions = { ["exchange"] = route.Exchange, ["routingKey"] = route.RoutingKey }
    };
}
