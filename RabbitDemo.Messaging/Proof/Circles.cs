namespace RabbitDemo.Messaging;

/// <summary>Which bindings between exchanges lie on a circle.</summary>
internal static class Circles
{
    /// <summary>The bindings from whose destination other bindings lead back to their source.</summary>
    public static HashSet<Binding> Find(Topology topology)
    {
        var next = topology.Bindings.Where(b => b.ToExchange).ToLookup(b => b.Exchange, b => b.Destination, StringComparer.Ordinal);
        return new(
            topology.Bindings.Where(b => b.ToExchange && Reachable(b.Destination, next).Contains(b.Exchange)),
            ReferenceEqualityComparer.Instance);
    }

    private static HashSet<string> Reachable(string first, ILookup<string, string> next)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal) { first };
        var pending = new Stack<string>(reached);
        while (pending.TryPop(out var exchange))
        {
            foreach (var following in next[exchange].Where(reached.Add))
                pending.Push(following);
        }

        return reached;
    }
}
