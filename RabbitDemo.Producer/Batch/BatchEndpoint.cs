using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Options;
using RabbitDemo.Messaging;
using RabbitDemo.Producer.Sending;
using RabbitDemo.ServiceDefaults;

namespace RabbitDemo.Producer.Batch;

internal static class BatchEndpoint
{
    private const string JsonLines = "application/x-ndjson";

    /// <summary>Leaves room for a point and ten digits.</summary>
    private const int MaxKeyLength = MessageIds.MaxLength - 11;

    public static void MapSendBatch(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/send/batch", SendBatchAsync)
            .WithMetadata(new NoBodyLimit())
            .RequireSendKey()
            .WithName("SendBatch")
            .WithSummary("Publishes a stream of events, answering each while the rest is still being sent.")
            .WithDescription(
                "The body is one event a line, or an array of events; there is no limit to their number. The answer has one "
                + "JSON line per item, in order, and begins before the body has ended: read it while you send. exchange, "
                + "routingKey and X-Amqp-* hold for all items. With Idempotency-Key: k (up to 117 characters) item i is sent "
                + "under the id k.i: send the same batch again under the same key, or one item of it to /send under k.i.")
            .Accepts<Evento>(JsonLines, "application/json")
            .Produces<BatchAnswer>(StatusCodes.Status200OK, JsonLines)
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<Results<EmptyHttpResult, ProblemHttpResult>> SendBatchAsync(
        HttpContext context,
        [FromQuery] string? exchange,
        [FromQuery] string? routingKey,
        [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey,
        IIntake intake,
        Topology topology,
        IOptions<ProducerOptions> options,
        TimeProvider clock,
        IHostApplicationLifetime lifetime,
        CancellationToken cancellationToken)
    {
        var errors = new RequestErrors();
        var route = RequestedRoute.Read(context.Request, exchange, routingKey, errors);
        if (idempotencyKey is not null && (!MessageIds.IsValid(idempotencyKey) || idempotencyKey.Length > MaxKeyLength))
            errors.Add("Idempotency-Key", $"Idempotency-Key must be 1 to {MaxKeyLength} of A-Z a-z 0-9 . _ ~ - for a batch, and neither . nor .. alone.");
        if (errors.Any)
            return errors.ToProblem("The request is not one that /send/batch takes.");
        if (SendProblems.ForUnknownTarget(route, topology) is { } noTarget)
            return TypedResults.Problem(noTarget);

        // A client may pause as long as it likes between items; one that does not read its answers is still cut off.
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        if (context.Request.Headers.Expect.Count > 0)
            await AskForBodyAsync(context.Request.BodyReader, cancellationToken, lifetime.ApplicationStopping);

        context.Response.ContentType = JsonLines;
        await context.Response.StartAsync(cancellationToken);
        var stream = new BatchStream(
            context.Request.BodyReader,
            context.Response.BodyWriter,
            new ItemFramer(options.Value.MaxBodyBytes),
            new BatchPublisher(intake, route, idempotencyKey, clock, cancellationToken));
        await using var stopping = lifetime.ApplicationStopping.Register(stream.Stop);
        try
        {
            await stream.RunAsync(cancellationToken);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The client has gone, or sent a body that HTTP itself cannot frame: there is nobody left to answer.
            context.Abort();
        }

        return TypedResults.Empty;
    }

    /// <summary>
    /// A client that said <c>Expect: 100-continue</c> may send nothing before the 100, which the server gives when the body is read
    /// and the answer has not begun. Nothing is taken of the body here.
    /// </summary>
    private static async Task AskForBodyAsync(PipeReader body, CancellationToken gone, CancellationToken stopping)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(gone, stopping);
        try
        {
            var read = await body.ReadAsync(either.Token);
            body.AdvanceTo(read.Buffer.Start);
        }
        catch (OperationCanceledException) when (!gone.IsCancellationRequested)
        {
            // The producer stops: the answer says so.
        }
    }
}
