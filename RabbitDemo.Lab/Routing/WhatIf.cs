using RabbitDemo.Lab.Live;
using RabbitDemo.Messaging;

namespace RabbitDemo.Lab.Routing;

/// <summary>A message that might be sent, through a copy of the topology whose bindings may be edited.</summary>
public sealed class WhatIf(Topology original)
{
    public string Exchange { get; set; } = original.Exchanges.Count > 0 ? original.Exchanges[0].Name : "";

    public string RoutingKey { get; set; } = "user.created";

    public List<DraftHeader> Headers { get; } = [];

    public List<DraftBinding> Bindings { get; } = [.. original.Bindings.Select(DraftBinding.Of)];

    /// <summary>The copy as it is edited now.</summary>
    public Topology Topology => original with { Bindings = [.. Bindings.Select(b => b.ToBinding())] };

    public IReadOnlyDictionary<string, object?>? HeaderTable
    {
        get
        {
            var named = Headers.Where(h => h.Name.Length > 0).ToArray();
            return named.Length == 0 ? null : named.GroupBy(h => h.Name).ToDictionary(g => g.Key, object? (g) => g.Last().Value);
        }
    }

    public RouteResult Ask() => Router.Route(Topology, Exchange, RoutingKey, HeaderTable);

    public void Reset()
    {
        Bindings.Clear();
        Bindings.AddRange(original.Bindings.Select(DraftBinding.Of));
    }

    /// <summary>The lines of <paramref name="graph"/> that the message goes along.</summary>
    public static IReadOnlySet<string> Lit(Graph graph, RouteResult result)
    {
        var lit = new HashSet<string>();
        foreach (var step in result.Steps.Where(s => s.Matched))
        {
            var from = graph.Find(NodeKind.Exchange, step.Path[^1]);
            var to = graph.Find(step.ToExchange ? NodeKind.Exchange : NodeKind.Queue, step.Destination);
            if (graph.FindEdge(from, to) is { } edge)
                lit.Add(edge.Id);
        }

        return lit;
    }
}
