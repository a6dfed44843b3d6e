using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using RabbitDemo.Consumer.Store;
using RabbitDemo.ServiceDefaults;

namespace RabbitDemo.Consumer.Messages;

/// <summary>
/// The events as they are stored, by any replica, as server-sent events whose id is the cursor: a client that comes back with
/// <c>Last-Event-ID</c> goes on where it was.
/// </summary>
internal static class MessageStreamEndpoint
{
    private const int PageSize = 200;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public static void MapMessageStream(this IEndpointRouteBuilder app) => app.MapGet("/messages/stream", HandleAsync)
        .RequireAdminKey()
        .SaysWhenTheStoreIsAway()
        .ProducesValidationProblem()
        .WithSummary("Server-sent events: each event as it is stored, from now on, after a cursor, or from Last-Event-ID.");

    private static async Task<ServerSentEventsResult<StoredMessage>> HandleAsync(
        [FromHeader(Name = "Last-Event-ID")] long? lastEventId,
        [Range(0d, long.MaxValue, ErrorMessage = "{0} must be 0 or a cursor that a page ended with.")] long? after,
        string? tipo,
        string? queue,
        HttpResponse response,
        MessageQueries messages,
        IHostApplicationLifetime host,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var start = lastEventId ?? after ?? await messages.NewestAsync(cancellationToken);
        return TypedResults.ServerSentEvents(
            FollowAsync(new MessageFollower(messages, new MessageFilter(tipo, queue), start, PageSize), response, host, clock, cancellationToken));
    }

    private static async IAsyncEnumerable<SseItem<StoredMessage>> FollowAsync(
        MessageFollower follower, HttpResponse response, IHostApplicationLifetime host, TimeProvider clock,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // The client learns that it is connected before there is anything to tell.
        await response.Body.FlushAsync(cancellationToken);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, host.ApplicationStopping);
        while (!ending.IsCancellationRequested)
        {
            var page = await follower.NextAsync(ending.Token);
            foreach (var message in page.Events)
            {
                yield return new SseItem<StoredMessage>(message) { EventId = message.Cursor.ToString(CultureInfo.InvariantCulture) };
            }

            if (!page.IsFull)
            {
                await Task.Delay(Pause, clock, ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
