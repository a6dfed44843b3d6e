using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using RabbitDemo.Consumer.Store;
using RabbitDemo.ServiceDefaults;

namespace RabbitDemo.Consumer.Messages;

internal static class MessagesEndpoint
{
    private const int DefaultLimit = 100;

    public static void MapMessages(this IEndpointRouteBuilder app) => app.MapGet("/messages", HandleAsync)
        .RequireAdminKey()
        .SaysWhenTheStoreIsAway()
        .ProducesValidationProblem()
        .WithSummary("Stored events in the order of storing: the newest page, or the page after a cursor.")
        .WithDescription(
            "A page ends at the limit, or when its payloads are more than 4 MB together; it has one event at least, if there is any. One that is "
            + "shorter than the limit is therefore not the end: go on after its last cursor until a page is empty.");

    private static async Task<Ok<List<StoredMessage>>> HandleAsync(
        [Range(0d, long.MaxValue, ErrorMessage = "{0} must be 0 or a cursor that a page ended with.")] long? after,
        [Range(1, 1000)] int? limit,
        string? tipo,
        string? queue,
        MessageQueries messages,
        CancellationToken cancellationToken) =>
        TypedResults.Ok((await messages.PageAsync(new MessageFilter(tipo, queue), after, limit ?? DefaultLimit, cancellationToken)).Events);
}
