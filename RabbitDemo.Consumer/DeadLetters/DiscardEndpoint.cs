using Microsoft.AspNetCore.Http.HttpResults;
using RabbitDemo.Consumer.Store;
using RabbitDemo.ServiceDefaults;

namespace RabbitDemo.Consumer.DeadLetters;

/// <param name="Deleted">Letters that were dead and are deleted now: the books count their messages as discarded.</param>
internal sealed record DiscardResult(int Deleted);

internal static class DiscardEndpoint
{
    private const int Together = 200;

    public static void MapDiscard(this IEndpointRouteBuilder app) => app.MapDelete("/dead-letters", HandleAsync)
        .RequireAdminKey()
        .SaysWhenTheStoreIsAway()
        .WithSummary("Deletes dead letters: those named by ?id=1&id=2, or with ?all=true all that fit ?queue= and ?reason=.");

    private static async Task<Results<Ok<DiscardResult>, ValidationProblem>> HandleAsync(
        long[]? id, bool? all, string? queue, string? reason, DeadLetterBox letters, CancellationToken cancellationToken)
    {
        var ids = id ?? [];
        var everything = all is true;
        if (ids.Length > 0 == everything)
        {
            return TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["id"] = ["Give either id (as often as needed) or all=true."] });
        }

        var deleted = 0;
        foreach (var chunk in ids.Chunk(Together))
        {
            deleted += await letters.DeleteAsync(chunk, cancellationToken);
        }

        var filter = new DeadLetterFilter(queue, reason);
        while (everything && await letters.DeadAsync(filter, after: 0, Together, cancellationToken) is { Count: > 0 } dead)
        {
            deleted += await letters.DeleteAsync(dead, cancellationToken);
        }

        return TypedResults.Ok(new DiscardResult(deleted));
    }
}
