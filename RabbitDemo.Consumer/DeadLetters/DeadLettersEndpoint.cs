using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using RabbitDemo.Consumer.Store;
using RabbitDemo.ServiceDefaults;

namespace RabbitDemo.Consumer.DeadLetters;

internal static class DeadLettersEndpoint
{
    private const string Any = "any";
    private const int DefaultLimit = 100;

    public static void MapDeadLetters(this IEndpointRouteBuilder app)
    {
        app.MapGet("/dead-letters", ListAsync)
            .RequireAdminKey()
            .SaysWhenTheStoreIsAway()
            .ProducesValidationProblem()
            .WithSummary("Dead letters in the order in which they came: the newest page, or the page after an id; of a queue, a reason, a state, a message.");
        app.MapGet("/dead-letters/{id:long}", FindAsync)
            .RequireAdminKey()
            .SaysWhenTheStoreIsAway()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("One dead letter with its whole body.");
    }

    private static async Task<Ok<List<DeadLetterEntry>>> ListAsync(
        string? queue,
        string? reason,
        string? messageId,
        [AllowedValues(null, DeadLetterState.Dead, DeadLetterState.Redriven, DeadLetterState.Deleted, DeadLetterState.Stored, Any,
            ErrorMessage = "{0} must be dead, redriven, deleted, stored or any.")] string? state,
        [Range(0d, long.MaxValue, ErrorMessage = "{0} must be 0 or an id that a page ended with.")] long? after,
        [Range(1, 1000)] int? limit,
        DeadLetterBox letters,
        CancellationToken cancellationToken)
    {
        var wanted = state ?? DeadLetterState.Dead;
        var filter = new DeadLetterFilter(queue, reason, wanted == Any ? null : wanted, messageId);
        return TypedResults.Ok(await letters.PageAsync(filter, after, limit ?? DefaultLimit, cancellationToken));
    }

    private static async Task<Results<Ok<DeadLetterEntry>, ProblemHttpResult>> FindAsync(long id, DeadLetterBox letters, CancellationToken cancellationToken) =>
        await letters.FindAsync(id, cancellationToken) is { } letter
            ? TypedResults.Ok(letter)
            : TypedResults.Problem($"There is no dead letter {id}.", statusCode: StatusCodes.Status404NotFound);
}
