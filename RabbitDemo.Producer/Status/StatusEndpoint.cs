using Microsoft.AspNetCore.Http.HttpResults;
using RabbitDemo.Messaging;
using RabbitDemo.Producer.Outbox;
using RabbitDemo.Producer.Sending;

namespace RabbitDemo.Producer.Status;

/// <summary>What has become of a message, in each work queue.</summary>
/// <param name="MessageId">The message's.</param>
/// <param name="Queues">What the consumers say.</param>
/// <param name="Outbox">Set while this producer's outbox holds the message: the broker need not have it yet.</param>
internal sealed record SendStatus(string MessageId, IReadOnlyList<QueueAnswer> Queues, OutboxPlace? Outbox = null);

/// <param name="Queue">A work queue.</param>
/// <param name="Service">The service that reads it and was asked.</param>
/// <param name="State">What it said.</param>
/// <param name="Reason">Why nothing is known, when the service did not answer.</param>
internal sealed record QueueAnswer(string Queue, string Service, MessageState State, string? Reason = null);

internal static class StatusEndpoint
{
    public static void MapSendStatus(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/send/{messageId}", GetAsync)
            .WithName("SendStatus")
            .WithSummary("Says what has become of a message: stored, dead or unknown, per queue, as its consumer says; waiting or parked in the outbox.")
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<Results<Ok<SendStatus>, ProblemHttpResult>> GetAsync(
        string messageId, HttpContext context, Topology topology, ConsumerStates consumers, CancellationToken cancellationToken)
    {
        if (!MessageIds.IsValid(messageId))
        {
            var errors = new RequestErrors();
            errors.Add("messageId", "A message id is 1 to 128 of A-Z a-z 0-9 . _ ~ -");
            return errors.ToProblem("This cannot be the id of a message.");
        }

        // Read first: what leaves the outbox meanwhile is seen there or at the broker.
        var place = Find(context.RequestServices.GetService<EventOutbox>(), messageId);
        var services = topology.Queues.Select(queue => queue.ReadBy).Distinct();
        var answers = await Task.WhenAll(services.Select(service => consumers.AskAsync(service, messageId, cancellationToken)));
        if (place is null && answers.All(answer => answer.States is null))
        {
            context.Response.Headers.RetryAfter = SendProblems.RetryAfterSeconds;
            return TypedResults.Problem(
                $"None of these services answers: {string.Join(", ", answers.Select(answer => answer.Service))}.",
                statusCode: StatusCodes.Status503ServiceUnavailable,
                title: "The consumers are away");
        }

        var byService = answers.ToDictionary(answer => answer.Service);
        return TypedResults.Ok(new SendStatus(messageId, [.. topology.Queues.Select(queue => byService[queue.ReadBy].About(queue))], place));
    }

    private static OutboxPlace? Find(EventOutbox? outbox, string messageId)
    {
        try
        {
            return outbox?.Reader.Find(messageId);
        }
        catch (OutboxUnavailableException)
        {
            return null; // its health check says so
        }
    }
}
