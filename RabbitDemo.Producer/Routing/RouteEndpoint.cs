using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using RabbitDemo.Messaging;
using RabbitDemo.Producer.Sending;
using RabbitDemo.ServiceDefaults;

namespace RabbitDemo.Producer.Routing;

/// <summary>Where the message would go, and why. Nothing is published.</summary>
/// <param name="Exchange">Empty for the default exchange.</param>
/// <param name="RoutingKey">The key that was asked for.</param>
/// <param name="Queues">The queues that would get one copy each; empty when <c>POST /send</c> would answer 422.</param>
/// <param name="Steps">Every binding that was looked at, with the reason why it takes the message or not.</param>
internal sealed record RouteAnswer(string Exchange, string RoutingKey, IReadOnlyList<string> Queues, IReadOnlyList<RouteStep> Steps);

internal static class RouteEndpoint
{
    public static void MapRoute(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/topology/route", Answer)
            .RequireAdminKey()
            .WithName("Route")
            .WithSummary("Says which queues would get a message, through which bindings, without sending it.")
            .Accepts<RouteQuestion>("application/json")
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound);

    private static Results<Ok<RouteAnswer>, ProblemHttpResult> Answer(JsonElement body, Topology topology)
    {
        var errors = new RequestErrors();
        var route = RouteQuestion.Read(body, errors);
        if (errors.Any)
            return errors.ToProblem("The body is not a question about a route.");

        // The default exchange is always there: what it does not reach is an answer, not an error.
        if (route.Exchange.Length > 0 && SendProblems.ForUnknownTarget(route, topology) is { } unknown)
            return TypedResults.Problem(unknown);

        var (queues, steps) = Router.Route(topology, route.Exchange, route.RoutingKey, route.Headers);
        return TypedResults.Ok(new RouteAnswer(route.Exchange, route.RoutingKey, queues, steps));
    }
}
