using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using RabbitDemo.Messaging;
using RabbitDemo.Producer.Sending;
using RabbitDemo.ServiceDefaults;

namespace RabbitDemo.Producer.Outbox;

/// <param name="Id">Names it here; pages go on after it.</param>
/// <param name="MessageId">The one that its 202 named.</param>
/// <param name="Exchange">Empty for the default exchange.</param>
/// <param name="RoutingKey">With the default exchange, the queue's name.</param>
/// <param name="Headers">The message's.</param>
/// <param name="Event">As it was sent.</param>
/// <param name="AcceptedAt">When its 202 was given.</param>
/// <param name="ParkedAt">When it could not be published.</param>
/// <param name="Reason">Why.</param>
internal sealed record ParkedEntry(
    long Id, string MessageId, string Exchange, string RoutingKey, IReadOnlyDictionary<string, string> Headers,
    [property: JsonConverter(typeof(JsonAsItIs))] JsonElement Event, DateTimeOffset AcceptedAt, DateTimeOffset ParkedAt, string Reason);

/// <summary>Which parked events: those with these ids, or all.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record RetryRequest(IReadOnlyList<long>? Ids = null, bool All = false);

/// <param name="Retried">Events that wait again, behind all others.</param>
internal sealed record RetryResult(int Retried);

/// <param name="Deleted">Events that are given up: they will never be published.</param>
internal sealed record DeleteResult(int Deleted);

internal static class ParkedEndpoints
{
    private const int Together = 200;

    public static void MapParked(this IEndpointRouteBuilder routes)
    {
        if (!routes.ServiceProvider.GetRequiredService<IServiceProviderIsService>().IsService(typeof(EventOutbox)))
            return;

        routes.MapGet("/outbox/parked", List)
            .RequireAdminKey()
            .WithSummary("Accepted events that no queue would get, in the order in which they were parked; ?after= an id, ?limit=.")
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        routes.MapPost("/outbox/parked/retry", RetryAsync)
            .RequireAdminKey()
            .WithSummary("Puts parked events behind all that wait: those with these ids, or all.")
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        routes.MapDelete("/outbox/parked", DeleteAsync)
            .RequireAdminKey()
            .WithSummary("Gives parked events up: those named by ?id=1&id=2, or with ?all=true all.")
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static Results<Ok<ParkedEntry[]>, ProblemHttpResult> List(
        [Range(0d, long.MaxValue)] long? after, [Range(1, 1_000)] int? limit, EventOutbox outbox, HttpResponse response)
    {
        try
        {
            return TypedResults.Ok(outbox.Reader.Parked(after ?? 0, limit ?? 100).Select(Entry).ToArray());
        }
        catch (OutboxUnavailableException e)
        {
            return Unavailable(e, response);
        }
    }

    private static Task<Results<Ok<RetryResult>, ProblemHttpResult>> RetryAsync(RetryRequest request, EventOutbox outbox, HttpResponse response) =>
        EachAsync(request.Ids ?? [], request.All, "ids", outbox, outbox.RetryAsync, count => new RetryResult(count), response);

    private static Task<Results<Ok<DeleteResult>, ProblemHttpResult>> DeleteAsync(long[]? id, bool? all, EventOutbox outbox, HttpResponse response) =>
        EachAsync(id ?? [], all is true, "id", outbox, outbox.DiscardAsync, count => new DeleteResult(count), response);

    private static async Task<Results<Ok<T>, ProblemHttpResult>> EachAsync<T>(
        IReadOnlyList<long> ids, bool all, string member, EventOutbox outbox, Func<IReadOnlyList<long>, Task<int>> actAsync, Func<int, T> result, HttpResponse response)
    {
        if (ids.Count > 0 == all)
        {
            var errors = new RequestErrors();
            errors.Add(member, $"Give either {member} or all=true.");
            return errors.ToProblem("It must be said which parked events.");
        }

        try
        {
            var done = 0;
            foreach (var chunk in all ? AllIds(outbox.Reader) : ids.Chunk(Together))
                done += await actAsync(chunk);

            return TypedResults.Ok(result(done));
        }
        catch (OutboxUnavailableException e)
        {
            return Unavailable(e, response);
        }
    }

    /// <summary>Those that are parked now: one that is parked again meanwhile is not tried again.</summary>
    private static IEnumerable<long[]> AllIds(OutboxReader reader)
    {
        var newest = reader.NewestParked();
        for (var after = 0L; reader.ParkedIds(after, newest, Together) is { Length: > 0 } ids; after = ids[^1])
            yield return ids;
    }

    private static ParkedEntry Entry(ParkedEvent parked)
    {
        var (id, evento) = (parked.Event.Seq, parked.Event.Event);
        return new(
            id, evento.MessageId, evento.Exchange, evento.RoutingKey, evento.Headers, JsonElement.Parse(evento.Body.Span),
            evento.AcceptedAt, parked.ParkedAt, parked.Reason);
    }

    private static ProblemHttpResult Unavailable(OutboxUnavailableException e, HttpResponse response)
    {
        response.Headers.RetryAfter = SendProblems.RetryAfterSeconds;
        return TypedResults.Problem(e.Message, statusCode: StatusCodes.Status503ServiceUnavailable, title: "The outbox cannot be used now");
    }
}
