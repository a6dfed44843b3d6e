using Microsoft.AspNetCore.Http.HttpResults;
using RabbitDemo.Consumer.Store;
using RabbitDemo.ServiceDefaults;

namespace RabbitDemo.Consumer.DeadLetters;

internal static class RedriveEndpoint
{
    public static void MapRedrive(this IEndpointRouteBuilder app) => app.MapPost("/dead-letters/redrive", HandleAsync)
        .RequireAdminKey()
        .SaysWhenTheStoreIsAway()
        .WithSummary("Publishes dead letters to their queues again, under the same id, with their attempts reset.");

    private static async Task<Results<Ok<RedriveResult>, ValidationProblem>> HandleAsync(
        RedriveRequest request, Redrives redrives, CancellationToken cancellationToken) =>
        request.Problems() is { Count: > 0 } problems
            ? TypedResults.ValidationProblem(problems)
            : TypedResults.Ok(await redrives.RunAsync(request, cancellationToken));
}
