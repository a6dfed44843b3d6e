namespace RabbitDemo.Messaging;

/// <summary>One message's way through the exchanges: it passes each exchange once, whatever circles the bindings make.</summary>
internal sealed class RouteTrace(Topology topology, string routingKey, IReadOnlyDictionary<string, object?>? headers)
{
    private readonly HashSet<string> visited = new(StringComparer.Ordinal);
    private readonly Queue<(Exchange Exchange, string[] Path)> pending = new();
    private readonly List<string> queues = [];
    private readonly List<RouteStep> steps = [];

    public RouteResult Follow(Exchange first)
    {
        visited.Add(first.Name);
        pending.Enqueue((first, [first.Name]));
        while (pending.TryDequeue(out var next))
            Leave(next.Exchange, next.Path);

        return new(queues, steps);
    }

    private void Leave(Exchange exchange, string[] path)
    {
        var anyMatched = false;
        foreach (var binding in topology.Bindings.Where(b => b.Exchange == exchange.Name))
        {
            var match = Match(exchange.Type, binding);
            anyMatched |= match.Matched;
            steps.Add(new(
                RouteRule.Binding, path, binding.Destination, binding.ToExchange, binding.RoutingKey, binding.Arguments,
                match.Matched, Arrive(match, binding.Destination, binding.ToExchange, path)));
        }

        if (exchange.AlternateExchange is { } alternate)
            LeaveByAlternate(alternate, anyMatched, path);
    }

    /// <summary>A binding to another exchange that matches is a match, even when that exchange then leads nowhere.</summary>
    private void LeaveByAlternate(string alternate, bool anyMatched, string[] path)
    {
        var match = anyMatched
            ? BindingMatch.No("The alternate exchange is for messages that no binding of this exchange takes.")
            : BindingMatch.Yes("No binding of this exchange took the message.");
        steps.Add(new(
            RouteRule.AlternateExchange, path, alternate, ToExchange: true, RoutingKey: "", Arguments: null,
            match.Matched, Arrive(match, alternate, toExchange: true, path)));
    }

    private BindingMatch Match(ExchangeType type, Binding binding) => type switch
    {
        ExchangeType.Direct => BindingMatch.Direct(binding.RoutingKey, routingKey),
        ExchangeType.Fanout => BindingMatch.Fanout(),
        ExchangeType.Topic => TopicPattern.Match(binding.RoutingKey, routingKey),
        _ => HeadersCondition.Match(binding.Arguments, headers)
    };

    /// <returns>The reason, with what became of the match.</returns>
    private string Arrive(BindingMatch match, string destination, bool toExchange, string[] path)
    {
        if (!match.Matched)
            return match.Reason;

        if (!toExchange)
        {
            if (queues.Contains(destination))
                return $"{match.Reason} The queue has its copy already: it gets one.";

            queues.Add(destination);
            return match.Reason;
        }

        if (!visited.Add(destination))
            return $"{match.Reason} The message has passed that exchange already.";

        if (topology.FindExchange(destination) is not { } next)
            return $"{match.Reason} But there is no such exchange.";

        pending.Enqueue((next, [.. path, destination]));
        return match.Reason;
    }
}
