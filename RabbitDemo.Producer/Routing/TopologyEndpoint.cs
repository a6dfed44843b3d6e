using Microsoft.AspNetCore.Http.HttpResults;
using RabbitDemo.Messaging;
using RabbitDemo.ServiceDefaults;

namespace RabbitDemo.Producer.Routing;

/// <summary>All that is declared on the broker.</summary>
internal sealed record TopologyAnswer(
    IReadOnlyList<ExchangeAnswer> Exchanges, IReadOnlyList<WorkQueue> Queues, IReadOnlyList<Binding> Bindings)
{
    public static TopologyAnswer Of(Topology topology) => new(
        [.. topology.Exchanges.Select(e => new ExchangeAnswer(e.Name, e.Type.ToString().ToLowerInvariant(), e.AlternateExchange))],
        topology.Queues,
        topology.Bindings);
}

/// <param name="Type">direct, fanout, topic or headers.</param>
/// <param name="AlternateExchange">Where a message goes that no binding takes.</param>
internal sealed record ExchangeAnswer(string Name, string Type, string? AlternateExchange);

internal static class TopologyEndpoint
{
    public static void MapTopology(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/topology", Get)
            .RequireAdminKey()
            .WithName("Topology")
            .WithSummary("Names every exchange, work queue and binding.")
            .WithDescription("The default exchange, which reaches every queue under its own name, is not listed.");

    private static Ok<TopologyAnswer> Get(Topology topology) => TypedResults.Ok(TopologyAnswer.Of(topology));
}
