using Microsoft.AspNetCore.Http.HttpResults;
using RabbitDemo.Consumer.Store;
using RabbitDemo.Messaging;
using RabbitDemo.ServiceDefaults;

namespace RabbitDemo.Consumer.Ledger;

/// <param name="Service">Whose books they are: all replicas together.</param>
/// <param name="Queues">The books.</param>
/// <param name="Process">What the replica that answers has counted by itself: no balance rests on it.</param>
internal sealed record ServiceLedger(string Service, IReadOnlyList<QueueBooks> Queues, ProcessCounts Process);

/// <param name="Instance">Which replica.</param>
/// <param name="Since">Its start.</param>
/// <param name="Deliveries">What came to it.</param>
/// <param name="Publishes">What it published: retries, dead letters, redrives.</param>
internal sealed record ProcessCounts(string Instance, DateTimeOffset Since, DeliveryCounts Deliveries, PublishCounts Publishes);

internal static class LedgerEndpoint
{
    public static void MapLedger(this IEndpointRouteBuilder app) => app.MapGet("/ledger", HandleAsync)
        .RequireAdminKey()
        .SaysWhenTheStoreIsAway()
        .WithSummary("The books of each queue, and this replica's counters.");

    private static async Task<Ok<ServiceLedger>> HandleAsync(
        BooksQueries books, ReceiverIdentity identity, LedgerCounters counters, BrokerDepths broker, CancellationToken cancellationToken)
    {
        var queues = await books.ReadAsync(cancellationToken);
        var process = new ProcessCounts(identity.Instance, counters.Since, counters.Deliveries, counters.Publishes);
        return TypedResults.Ok(new ServiceLedger(identity.Service, await broker.AddAsync(queues, cancellationToken), process));
    }
}
