using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using RabbitDemo.Consumer.Store;
using RabbitDemo.ServiceDefaults;

namespace RabbitDemo.Consumer.Messages;

internal static class MessageSearchEndpoint
{
    private const int DefaultLimit = 50;
    private const int TraceIdLength = 32;
    private static readonly string[] ExactlyOne = ["Give exactly one of messageId, id, tipo and traceId."];

    public static void MapMessageSearch(this IEndpointRouteBuilder app) => app.MapGet("/messages/search", HandleAsync)
        .RequireAdminKey()
        .SaysWhenTheStoreIsAway()
        .WithSummary("Messages by messageId, id, tipo or traceId, wherever they are: stored, waiting after failed attempts, dead or discarded; the newest first.")
        .WithDescription(
            "Give exactly one. Stored events are looked up by messageId and tipo in an index; by id and traceId only the newest 100000 of them are "
            + "walked, because an index on either would cost every store of an event (a quarter and a half of the rate). Attempts and dead letters "
            + "are indexed by all four. What failed before the store kept these with its attempts is found by messageId, and dead letters by traceId too.");

    private static async Task<Results<Ok<List<FoundMessage>>, ValidationProblem>> HandleAsync(
        string? messageId, long? id, string? tipo, string? traceId, [Range(1, 200)] int? limit, MessageSearch search, CancellationToken cancellationToken)
    {
        var members = new Dictionary<string, object?> { ["messageId"] = messageId, ["id"] = id, ["tipo"] = tipo, ["traceId"] = traceId };
        var given = members.Where(m => m.Value is not null).Select(m => m.Key).ToArray();
        if (given.Length != 1)
        {
            var named = given.Length == 0 ? members.Keys : given.AsEnumerable();
            return TypedResults.ValidationProblem(named.ToDictionary(m => m, _ => ExactlyOne));
        }

        if (traceId is not null && (traceId.Length != TraceIdLength || !traceId.All(char.IsAsciiHexDigit)))
        {
            return TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["traceId"] = [$"traceId must be {TraceIdLength} hexadecimal digits."] });
        }

        var question = new MessageQuestion(messageId, id, tipo, traceId?.ToLowerInvariant());
        return TypedResults.Ok(await search.FindAsync(question, limit ?? DefaultLimit, cancellationToken));
    }
}
