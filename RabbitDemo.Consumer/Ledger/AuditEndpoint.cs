using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using RabbitDemo.Consumer.Store;
using RabbitDemo.ServiceDefaults;

namespace RabbitDemo.Consumer.Ledger;

internal static class AuditEndpoint
{
    private const int MostEvents = 1_000_000;
    private const long MostBytes = 128 * 1024 * 1024;
    private const string Lines = "application/x-ndjson";

    public static void MapAudit(this IEndpointRouteBuilder app) => app.MapPost("/ledger/audit", HandleAsync)
        .Accepts<IReadOnlyList<AcceptedEvent>>("application/json", Lines)
        .WithMetadata(new RequestSizeLimitAttribute(MostBytes))
        .RequireAdminKey()
        .SaysWhenTheStoreIsAway()
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .WithSummary("""
            Takes the events that were accepted (an array, or one JSON object a line) and names the place of each: stored, dead, discarded,
            waiting or missing. ?atBroker= says how many messages of each queue the broker still holds (0 after the queues have run empty);
            without it the broker is asked, and while more than one replica reads a queue, what may be held by another is waiting, not missing.
            With Delivery=Outbox, first wait until rabbitdemo.outbox.depth is 0: what a producer has not published yet nobody here knows of.
            """);

    private static async Task<Results<Ok<AuditReport>, ProblemHttpResult>> HandleAsync(
        [Range(0d, long.MaxValue, ErrorMessage = "{0} must be 0 or more.")] long? atBroker,
        HttpRequest request,
        Audit audit,
        BrokerDepths broker,
        CancellationToken cancellationToken)
    {
        var accepted = new List<AcceptedEvent>();
        try
        {
            var lines = request.ContentType?.StartsWith(Lines, StringComparison.OrdinalIgnoreCase) is true;
            await foreach (var item in JsonSerializer.DeserializeAsyncEnumerable(request.Body, ConsumerJson.Default.AcceptedEvent, lines, cancellationToken))
            {
                if (item is not { MessageId.Length: > 0 } || accepted.Count == MostEvents)
                {
                    return TypedResults.Problem(
                        $"Item {accepted.Count + 1}: each needs a messageId, and {MostEvents} is the most of one audit.", statusCode: StatusCodes.Status400BadRequest);
                }

                accepted.Add(item);
            }
        }
        catch (JsonException)
        {
            return TypedResults.Problem(
                $"Item {accepted.Count + 1} is not like {{\"messageId\": \"…\", \"queue\": \"…\", \"acceptedAt\": \"…\"}}, of which only messageId is needed.",
                statusCode: StatusCodes.Status400BadRequest);
        }

        return TypedResults.Ok(await audit.RunAsync(accepted, await HeldAsync(broker, atBroker, cancellationToken), cancellationToken));
    }

    /// <summary>Null when neither caller nor broker can say.</summary>
    private static async Task<IReadOnlyDictionary<string, long>?> HeldAsync(BrokerDepths broker, long? atBroker, CancellationToken cancellationToken)
    {
        var queues = await broker.AddAsync([], cancellationToken);
        return atBroker is { } given
            ? queues.ToDictionary(q => q.Queue, _ => given)
            : queues.All(q => q.Broker is not null)
                ? queues.ToDictionary(q => q.Queue, q => q.Broker is { } at ? at.Held : 0)
                : null;
    }
}
