using System.Globalization;
using RabbitDemo.Messaging;

namespace RabbitDemo.Consumer.Store;

internal static class StoreAway
{
    private const int RetryAfterSeconds = 2;

    /// <summary>An endpoint that needs the store answers 503 with the reason while there is none.</summary>
    public static RouteHandlerBuilder SaysWhenTheStoreIsAway(this RouteHandlerBuilder endpoint) => endpoint
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
        .AddEndpointFilter(async (context, next) =>
        {
            try
            {
                return await next(context);
            }
            catch (InboxUnavailableException e)
            {
                context.HttpContext.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
                return TypedResults.Problem($"The store cannot be used now: {e.Message}", statusCode: StatusCodes.Status503ServiceUnavailable);
            }
        });
}
