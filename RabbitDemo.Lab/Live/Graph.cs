using System.Globalization;
using RabbitDemo.Lab.Services;
using RabbitDemo.Messaging;

namespace RabbitDemo.Lab.Live;

public enum NodeKind
{
    Producer,
    Exchange,
    Queue,
    Consumer
}

/// <param name="Id">Safe for the page: made of a letter and a number.</param>
/// <param name="Name">An instance's, exchange's or queue's; empty for the default exchange.</param>
/// <param name="Detail">A second line: the exchange's type, the consumer's service.</param>
/// <param name="IsThere">False for a service of which no instance runs.</param>
public sealed record Node(string Id, NodeKind Kind, string Name, string Detail, int X, int Y, int Width, int Height, bool IsThere = true);

/// <param name="Label">What the rule says; empty for none.</param>
/// <param name="IsDrawn">False for a way that exists and would only clutter: from the default exchange to queues that have other bindings.</param>
public sealed record Edge(string Id, string From, string To, string Label, string Path, bool IsDrawn = true);

/// <summary>The topology and the running processes as boxes and lines, from left to right: who publishes, exchanges, queues, who consumes.</summary>
public sealed record Graph(IReadOnlyList<Node> Nodes, IReadOnlyList<Edge> Edges, int Width, int Height)
{
    private const int RowHeight = 62;
    private const int BoxHeight = 46;
    private const int Top = 30;
    private static readonly (int X, int Width) Producers = (10, 150), Exchanges = (240, 140), Queues = (590, 240), Consumers = (930, 210);

    public static Graph Of(Topology topology, IReadOnlyList<Instance> running)
    {
        var queues = topology.Queues.Select((queue, i) => Box($"q{i}", NodeKind.Queue, queue.Name, queue.ReadBy, Queues, Top + i * RowHeight)).ToArray();
        var exchanges = ExchangeBoxes(topology, queues);
        var readers = topology.Queues.Select(queue => queue.ReadBy).ToHashSet();
        var producers = running.Where(i => !readers.Contains(i.Service)).ToArray();
        var middle = exchanges.Length == 0 ? Top : (exchanges[0].Y + exchanges[^1].Y) / 2;
        var producerBoxes = producers.Length == 0
            ? [Box("p0", NodeKind.Producer, "producer", "", Producers, middle) with { IsThere = false }]
            : producers.Select((p, i) => Box($"p{i}", NodeKind.Producer, p.Name, p.Service, Producers, middle + i * RowHeight)).ToArray();
        var consumers = ConsumerBoxes(topology, queues, running);

        Node[] nodes = [.. producerBoxes, .. exchanges, .. queues, .. consumers];
        return new(nodes, [.. EdgesOf(topology, nodes)], Consumers.X + Consumers.Width + 10, nodes.Max(n => n.Y + n.Height) + Top);
    }

    public Node? Find(NodeKind kind, string name) => Nodes.FirstOrDefault(n => n.Kind == kind && n.Name == name);

    public Edge? FindEdge(Node? from, Node? to) => from is null || to is null ? null : Edges.FirstOrDefault(e => e.From == from.Id && e.To == to.Id);

    private static Node Box(string id, NodeKind kind, string name, string detail, (int X, int Width) column, int y) =>
        new(id, kind, name, detail, column.X, y, column.Width, BoxHeight);

    /// <summary>Each beside the queues that it leads to, the default exchange first.</summary>
    private static Node[] ExchangeBoxes(Topology topology, Node[] queues)
    {
        var bound = topology.Bindings.Where(b => !b.ToExchange).ToLookup(b => b.Exchange, b => b.Destination);
        var all = topology.Bindings.Where(b => !b.ToExchange).Select(b => b.Destination).ToHashSet();
        var wanted = topology.Exchanges.Select(e => (e.Name, Type: e.Type.ToString().ToLowerInvariant(), Mean: Mean(bound[e.Name])))
            .Prepend((Name: "", Type: "direct", Mean: Mean(topology.Queues.Select(q => q.Name).Where(q => !all.Contains(q)))))
            .OrderBy(e => e.Mean).ToArray();
        var y = Top - RowHeight;
        return [.. wanted.Select((e, i) => Box($"x{i}", NodeKind.Exchange, e.Name, e.Type, Exchanges, y = Math.Max(y + RowHeight, (int)e.Mean)))];

        double Mean(IEnumerable<string> names) => queues.Where(q => names.Contains(q.Name)).Select(q => (double)q.Y).DefaultIfEmpty(Top).Average();
    }

    private static List<Node> ConsumerBoxes(Topology topology, Node[] queues, IReadOnlyList<Instance> running)
    {
        var services = topology.Queues.GroupBy(q => q.ReadBy)
            .Select(group => (Service: group.Key, Mean: queues.Where(q => q.Detail == group.Key).Average(q => q.Y)))
            .OrderBy(s => s.Mean);
        var boxes = new List<Node>();
        var y = Top - RowHeight;
        foreach (var (service, mean) in services)
        {
            var names = running.Where(i => i.Service == service).Select(i => i.Name).ToArray();
            var first = (int)mean - (names.Length - 1) * RowHeight / 2;
            foreach (var name in names.DefaultIfEmpty(service))
            {
                y = Math.Max(y + RowHeight, first);
                boxes.Add(Box($"c{boxes.Count}", NodeKind.Consumer, name, service, Consumers, y) with { IsThere = names.Length > 0 });
            }
        }

        return boxes;
    }

    private static IEnumerable<Edge> EdgesOf(Topology topology, Node[] nodes)
    {
        var number = 0;
        var exchanges = nodes.Where(n => n.Kind == NodeKind.Exchange).ToDictionary(n => n.Name);
        var queues = nodes.Where(n => n.Kind == NodeKind.Queue).ToDictionary(n => n.Name);
        foreach (var producer in nodes.Where(n => n.Kind == NodeKind.Producer))
        {
            foreach (var exchange in exchanges.Values)
                yield return Between(producer, exchange, "");
        }

        foreach (var rules in topology.Bindings.GroupBy(b => (b.Exchange, b.Destination, b.ToExchange)))
        {
            if (exchanges.TryGetValue(rules.Key.Exchange, out var from) && (rules.Key.ToExchange ? exchanges : queues).TryGetValue(rules.Key.Destination, out var to))
                yield return Between(from, to, string.Join(", ", rules.Select(Describe).Where(label => label.Length > 0)));
        }

        foreach (var exchange in topology.Exchanges)
        {
            if (exchange.AlternateExchange is { } other && exchanges.TryGetValue(other, out var to))
                yield return Between(exchanges[exchange.Name], to, "alternate-exchange");
        }

        var bound = topology.Bindings.Where(b => !b.ToExchange).Select(b => b.Destination).ToHashSet();
        foreach (var queue in queues.Values)
        {
            yield return Between(exchanges[""], queue, bound.Contains(queue.Name) ? "" : queue.Name) with { IsDrawn = !bound.Contains(queue.Name) };
            foreach (var consumer in nodes.Where(n => n.Kind == NodeKind.Consumer && n.Detail == queue.Detail))
                yield return Between(queue, consumer, "");
        }

        Edge Between(Node from, Node to, string label) => new($"e{number++}", from.Id, to.Id, label, PathOf(from, to));
    }

    /// <summary>A binding's rule in a few words.</summary>
    public static string Describe(Binding binding) => binding.Arguments is { Count: > 0 } arguments
        ? string.Join(" ", arguments.Where(a => a is not { Key: "x-match", Value: "all" }).OrderBy(a => a.Key != "x-match").Select(a => a.Value is null ? a.Key : $"{a.Key}={a.Value}"))
        : binding.RoutingKey;

    private static string PathOf(Node from, Node to)
    {
        if (from.X == to.X) // from exchange to exchange: around the left side
        {
            var x = from.X;
            return string.Create(CultureInfo.InvariantCulture,
                $"M{x} {from.Y + BoxHeight / 2}C{x - 60} {from.Y + BoxHeight / 2} {x - 60} {to.Y + BoxHeight / 2} {x} {to.Y + BoxHeight / 2}");
        }

        var (x1, y1, x2, y2) = (from.X + from.Width, from.Y + BoxHeight / 2, to.X, to.Y + BoxHeight / 2);
        var bend = (x2 - x1) / 2;
        return string.Create(CultureInfo.InvariantCulture, $"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}");
    }
}
