using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using RabbitDemo.Messaging;
using RabbitDemo.Producer.Sending;

namespace RabbitDemo.Producer.Outbox;

/// <summary>Promises an event when it is on this producer's disk. Where it would be routed is known without the broker.</summary>
internal sealed class OutboxIntake(EventOutbox outbox, Topology topology, TimeProvider clock) : IIntake
{
    public async Task<ProblemDetails?> TakeAsync(Evento evento, string messageId, bool isKey, Route route, PublishLane lane, CancellationToken cancellationToken)
    {
        if (Router.Route(topology, route.Exchange, route.RoutingKey, route.Headers).Queues.Count == 0)
            return SendProblems.NoQueue(route);

        try
        {
            var prepared = PreparedEvent.Of(evento, messageId, route, clock.GetUtcNow());
            return await outbox.AcceptAsync(prepared, isKey ? IdempotencyKey.Of(evento, route) : null) switch
            {
                Acceptance.OnDisk => null,
                Acceptance.Conflict => new()
                {
                    Status = StatusCodes.Status409Conflict,
                    Title = "Another event has this key",
                    Detail = $"Another event was accepted with Idempotency-Key: {messageId}. Send this one under a key of its own.",
                    Extensions = { ["messageId"] = messageId }
                },
                _ => SendProblems.NotNow(
                    "The outbox is full",
                    $"It is not stored: {outbox.Capacity.ToString(CultureInfo.InvariantCulture)} events wait already.",
                    messageId)
            };
        }
        catch (OutboxUnavailableException e)
        {
            return SendProblems.NotNow("The outbox cannot be written", $"It may or may not be stored: {e.Message}.", messageId);
        }
    }
}
