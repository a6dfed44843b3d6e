namespace RabbitDemo.Messaging;

/// <summary>Answers where RabbitMQ takes a message, by the rules of RabbitMQ 3.10 to 4.3, without asking it.</summary>
public static class Router
{
    /// <summary>Follows a message from <paramref name="exchange"/> to the queues that get a copy.</summary>
    /// <param name="topology">All that is declared.</param>
    /// <param name="exchange">The exchange it is published to; empty for the default exchange.</param>
    /// <param name="routingKey">Its routing key.</param>
    /// <param name="headers">Its headers; null for none.</param>
    /// <returns>Nothing at all for an exchange that is not in the topology: the broker closes a channel that publishes to it.</returns>
    public static RouteResult Route(
        Topology topology, string exchange, string routingKey, IReadOnlyDictionary<string, object?>? headers)
    {
        if (exchange.Length == 0)
            return RouteByName(topology, routingKey);

        return topology.FindExchange(exchange) is { } first
            ? new RouteTrace(topology, routingKey, headers).Follow(first)
            : new([], []);
    }

    private static RouteResult RouteByName(Topology topology, string routingKey)
    {
        var found = topology.FindQueue(routingKey) is not null;
        var reason = found ? "The default exchange takes the key for a queue's name." : "No work queue has this name.";
        return new(
            found ? [routingKey] : [],
            [new(RouteRule.DefaultExchange, [""], routingKey, ToExchange: false, routingKey, Arguments: null, found, reason)]);
    }
}
