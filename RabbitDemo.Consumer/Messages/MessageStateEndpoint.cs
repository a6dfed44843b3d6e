using Microsoft.AspNetCore.Http.HttpResults;
using RabbitDemo.Consumer.Store;
using RabbitDemo.Messaging;
using RabbitDemo.ServiceDefaults;

namespace RabbitDemo.Consumer.Messages;

/// <summary>What the producer asks for on behalf of a sender: no payload, no attempts.</summary>
internal static class MessageStateEndpoint
{
    public static void MapMessageState(this IEndpointRouteBuilder app) => app.MapGet("/messages/{messageId}/state", HandleAsync)
        .RequireAdminKey()
        .SaysWhenTheStoreIsAway()
        .WithSummary("Stored or dead, in each queue that knows the message; empty when none does.");

    private static async Task<Ok<QueueState[]>> HandleAsync(
        string messageId, HttpContext context, MessageQueries messages, CancellationToken cancellationToken)
    {
        var known = await messages.PlacesAsync(PathSegment.AsSent(context, messageId, fromEnd: 1), cancellationToken);
        return TypedResults.Ok(known.Select(i => new QueueState(i.Queue, StateOf(i.Place))).ToArray());
    }

    private static MessageState StateOf(Place place) => place switch
    {
        Place.Stored => MessageState.Stored,
        Place.Dead or Place.Discarded => MessageState.Dead,
        _ => MessageState.Unknown
    };
}
