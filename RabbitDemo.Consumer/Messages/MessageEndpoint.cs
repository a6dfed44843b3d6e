using Microsoft.AspNetCore.Http.HttpResults;
using RabbitDemo.Consumer.Store;
using RabbitDemo.ServiceDefaults;

namespace RabbitDemo.Consumer.Messages;

internal static class MessageEndpoint
{
    public static void MapMessage(this IEndpointRouteBuilder app) => app.MapGet("/messages/{messageId}", HandleAsync)
        .RequireAdminKey()
        .SaysWhenTheStoreIsAway()
        .ProducesProblem(StatusCodes.Status404NotFound)
        .WithSummary("One message in each queue that brought it here: its state, every attempt and every dead letter.");

    private static async Task<Results<Ok<MessageHistory>, ProblemHttpResult>> HandleAsync(
        string messageId, HttpContext context, MessageHistories histories, CancellationToken cancellationToken)
    {
        var id = PathSegment.AsSent(context, messageId, fromEnd: 0);
        return await histories.FindAsync(id, cancellationToken) is { } history
            ? TypedResults.Ok(history)
            : TypedResults.Problem($"No queue of this service has brought the message {id}, or it is forgotten.", statusCode: StatusCodes.Status404NotFound);
    }
}
