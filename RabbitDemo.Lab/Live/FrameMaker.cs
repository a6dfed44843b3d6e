using RabbitDemo.Messaging;

namespace RabbitDemo.Lab.Live;

/// <summary>Turns what the services tell into what moves along the lines of a graph.</summary>
internal sealed class FrameMaker(Graph graph)
{
    private const string Acknowledged = "acknowledged";

    public static Frame Empty { get; } = new([], new Dictionary<string, long>());

    public Frame Make(IReadOnlyList<MovementBatch> batches)
    {
        var dots = new List<Dot>();
        var flows = new Dictionary<string, long>();
        foreach (var batch in batches)
        {
            foreach (var movement in batch.Movements)
                dots.AddRange(DotsOf(batch.Instance, movement));

            foreach (var count in batch.Counts)
                Add(flows, batch.Instance, count);
        }

        return new(dots, flows);
    }

    private IEnumerable<Dot> DotsOf(string instance, Movement movement)
    {
        var kind = movement.Kind.ToString().ToLowerInvariant();
        switch (movement.Kind)
        {
            case MovementKind.Published:
                foreach (var queue in movement.Queues)
                    yield return new(kind, [.. Entry(instance, movement.Exchange), .. Way(movement.Exchange, queue)]);
                break;
            case MovementKind.Returned or MovementKind.Refused:
                yield return new(kind, [.. Entry(instance, movement.Exchange)]);
                break;
            case MovementKind.Redriven:
                foreach (var queue in movement.Queues)
                    yield return new(kind, [.. Way("", queue)]);
                break;
            default:
                foreach (var edge in movement.Queues.Select(queue => Last(queue, instance)).OfType<Edge>())
                {
                    yield return movement.Kind == MovementKind.Delivered
                        ? new(kind, [edge.Id])
                        : new(movement.Kind is MovementKind.Stored or MovementKind.Duplicate ? Acknowledged : kind, [$"-{edge.Id}"]);
                }

                break;
        }
    }

    private void Add(Dictionary<string, long> flows, string instance, MovementCount count)
    {
        IEnumerable<string> edges = count.Kind switch
        {
            MovementKind.Published when count.Queue.Length > 0 => Way(count.Exchange, count.Queue),
            MovementKind.Published or MovementKind.Returned or MovementKind.Refused => Entry(instance, count.Exchange),
            MovementKind.Delivered => Last(count.Queue, instance) is { } edge ? [edge.Id] : [],
            MovementKind.Redriven => Way("", count.Queue),
            _ => [] // on its way back: the line shows what was delivered
        };
        foreach (var edge in edges)
            flows[edge] = flows.GetValueOrDefault(edge) + count.Count;
    }

    private IEnumerable<string> Entry(string instance, string exchange)
    {
        var producer = graph.Find(NodeKind.Producer, instance);
        return graph.FindEdge(producer, graph.Find(NodeKind.Exchange, exchange)) is { } edge ? [edge.Id] : [];
    }

    private Edge? Last(string queue, string instance) =>
        graph.FindEdge(graph.Find(NodeKind.Queue, queue), graph.Find(NodeKind.Consumer, instance));

    /// <summary>The shortest way from an exchange to a queue, through others if need be.</summary>
    private string[] Way(string exchange, string queue)
    {
        if (graph.Find(NodeKind.Exchange, exchange) is not { } from || graph.Find(NodeKind.Queue, queue) is not { } to)
            return [];

        var pending = new Queue<(string Node, string[] Edges)>([(from.Id, [])]);
        var seen = new HashSet<string> { from.Id };
        while (pending.TryDequeue(out var next))
        {
            foreach (var edge in graph.Edges.Where(e => e.From == next.Node))
            {
                string[] edges = [.. next.Edges, edge.Id];
                if (edge.To == to.Id)
                    return edges;

                if (edge.To.StartsWith('x') && seen.Add(edge.To))
                    pending.Enqueue((edge.To, edges));
            }
        }

        return [];
    }
}
