using System.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using RabbitDemo.Messaging;
using RabbitDemo.ServiceDefaults;

namespace RabbitDemo.Producer.Sending;

/// <summary>
/// What a 202 promises: the broker has this event, in every queue that it routes to; or with <c>Delivery=Outbox</c>, it is on the
/// producer's disk and will be there.
/// </summary>
/// <param name="MessageId">Identifies the message from here on: the <c>Idempotency-Key</c>, or a new id.</param>
/// <param name="TraceId">The trace that runs from this request to the store.</param>
/// <param name="Exchange">Empty for the default exchange.</param>
/// <param name="RoutingKey">With the default exchange, the queue's name.</param>
internal sealed record SendReceipt(string MessageId, string? TraceId, string Exchange, string RoutingKey);

internal static class SendEndpoint
{
    public static void MapSend(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/send", SendAsync)
            .WithMetadata(new OneEventLimit(routes.ServiceProvider.GetRequiredService<IOptions<ProducerOptions>>()))
            .RequireSendKey()
            .DisableValidation() // it has no rules to apply to this handler's parameters, and boxes them all to see that
            .WithName("Send")
            .WithSummary("Publishes an event and answers when the broker has confirmed it (with Delivery=Outbox: when it is on disk to be published).")
            .WithDescription(
                "To the queue mensajes by default, to a work queue with routingKey alone, to an exchange with exchange and "
                + "routingKey. Headers X-Amqp-<name> become message headers. 503 means not promised, not \"not stored\": send "
                + "again with the same Idempotency-Key, and one event is stored.")
            .Accepts<Evento>("application/json")
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<Results<Accepted<SendReceipt>, ProblemHttpResult>> SendAsync(
        HttpContext context,
        [FromQuery] string? exchange,
        [FromQuery] string? routingKey,
        [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey,
        IIntake intake,
        Topology topology,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var errors = new RequestErrors();
        var route = RequestedRoute.Read(context.Request, exchange, routingKey, errors);
        if (idempotencyKey is not null && !MessageIds.IsValid(idempotencyKey))
            errors.Add("Idempotency-Key", "Idempotency-Key must be 1 to 128 of A-Z a-z 0-9 . _ ~ - and neither . nor .. alone.");
        if (errors.Any)
            return errors.ToProblem("The request is not one that /send takes.");
        if (SendProblems.ForUnknownTarget(route, topology) is { } noTarget)
            return TypedResults.Problem(noTarget);

        var (evento, problems) = await EventBody.ReadAsync(context.Request.BodyReader, cancellationToken);
        if (evento is null)
            return RequestErrors.From(problems).ToProblem("The body is not an event.");

        var messageId = idempotencyKey ?? MessageIds.New(clock);
        if (await intake.TakeAsync(evento, messageId, isKey: idempotencyKey is not null, route, PublishLane.Requests, cancellationToken) is { } problem)
        {
            if (problem.Status == StatusCodes.Status503ServiceUnavailable)
                context.Response.Headers.RetryAfter = SendProblems.RetryAfterSeconds;
            return TypedResults.Problem(problem);
        }

        var traceId = Activity.Current?.TraceId.ToHexString();
        return TypedResults.Accepted($"/send/{messageId}", new SendReceipt(messageId, traceId, route.Exchange, route.RoutingKey));
    }
}
