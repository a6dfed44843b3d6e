using CsCheck;
using RabbitDemo.Lab.Live;
using RabbitDemo.Lab.Services;
using RabbitDemo.Messaging;
using RabbitDemo.Tests.Routing;

namespace RabbitDemo.Tests.Lab;

public sealed class GraphTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void DrawsEachPartOfTheTopologyOnce(int replicas) =>
        Check(Topology.Default, Replicas(replicas, "producer", "consumer", "usuarios", "pedidos", "auditoria"));

    [Fact]
    public void DrawsAnyTopology() =>
        Gen.Select(RoutingCase.Any, Gen.Int[0, 3]).Sample((any, replicas) => Check(any.Topology, Replicas(replicas, "producer", "test")), iter: 500);

    [Fact]
    public void ShowsAServiceOfWhichNothingRunsAsNotThere()
    {
        var graph = Graph.Of(Topology.Default, [Batches.Running("usuarios", "u-1")]);

        Assert.True(graph.Find(NodeKind.Consumer, "u-1")?.IsThere);
        Assert.False(graph.Find(NodeKind.Consumer, "pedidos")?.IsThere);
        Assert.False(graph.Find(NodeKind.Producer, "producer")?.IsThere);
    }

    [Fact]
    public void DrawsATopologyWithNothingInIt() => Check(new([], [], []), []);

    private static Instance[] Replicas(int count, params string[] services) =>
        [.. services.SelectMany(s => Enumerable.Range(1, count).Select(i => Batches.Running(s, $"{s}-{i}")))];

    private static void Check(Topology topology, Instance[] running)
    {
        var graph = Graph.Of(topology, running);

        Assert.Equal(topology.Exchanges.Select(x => x.Name).Append("").Order(), Names(NodeKind.Exchange));
        Assert.Equal(topology.Queues.Select(q => q.Name).Order(), Names(NodeKind.Queue));
        Assert.Equal(
            topology.Queues.Select(q => q.ReadBy).Distinct().SelectMany(s => running.Where(i => i.Service == s).Select(i => i.Name).DefaultIfEmpty(s)).Order(),
            Names(NodeKind.Consumer));
        Assert.Equal(graph.Nodes.Count, graph.Nodes.Select(n => n.Id).Distinct().Count());
        Assert.Equal(graph.Edges.Count, graph.Edges.Select(e => e.Id).Distinct().Count());
        CheckBindings(topology, graph);
        CheckPlaces(graph);

        IEnumerable<string> Names(NodeKind kind) => graph.Nodes.Where(n => n.Kind == kind).Select(n => n.Name).Order();
    }

    /// <summary>Bindings between the same two are one line that names each of them.</summary>
    private static void CheckBindings(Topology topology, Graph graph)
    {
        foreach (var rules in topology.Bindings.GroupBy(b => (b.Exchange, b.Destination, b.ToExchange)))
        {
            var from = graph.Find(NodeKind.Exchange, rules.Key.Exchange);
            var to = graph.Find(rules.Key.ToExchange ? NodeKind.Exchange : NodeKind.Queue, rules.Key.Destination);
            var edge = Assert.Single(graph.Edges, e => e.From == from?.Id && e.To == to?.Id && e.Label != "alternate-exchange");
            Assert.True(edge.IsDrawn);
            Assert.All(rules, rule => Assert.Contains(Graph.Describe(rule), edge.Label, StringComparison.Ordinal));
        }

        Assert.Equal(
            topology.Exchanges.Count(x => x.AlternateExchange is { } a && topology.FindExchange(a) is not null),
            graph.Edges.Count(e => e.Label == "alternate-exchange"));
    }

    private static void CheckPlaces(Graph graph)
    {
        foreach (var column in graph.Nodes.GroupBy(n => n.X))
        {
            var boxes = column.OrderBy(n => n.Y).ToArray();
            Assert.All(boxes.Zip(boxes.Skip(1)), pair => Assert.True(pair.First.Y + pair.First.Height < pair.Second.Y, $"{pair.First} overlaps {pair.Second}"));
        }

        Assert.All(graph.Nodes, n => Assert.True(n.X >= 0 && n.Y >= 0 && n.X + n.Width <= graph.Width && n.Y + n.Height <= graph.Height, $"{n} is outside"));
    }
}
