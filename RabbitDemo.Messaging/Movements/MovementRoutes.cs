using System.Collections.Concurrent;
using System.Collections.Frozen;

namespace RabbitDemo.Messaging;

/// <summary>
/// Which queues get a publish, by the topology as it is declared. What was routed once is remembered where the headers have no say,
/// up to a limit: routing keys are the clients' to choose.
/// </summary>
internal sealed class MovementRoutes(Topology topology)
{
    private const int MostRemembered = 4_096;

    private readonly FrozenDictionary<string, string[]> byName = topology.Queues.ToFrozenDictionary(q => q.Name, q => new[] { q.Name });
    private readonly FrozenDictionary<string, bool> looksAtHeaders = topology.Exchanges.ToFrozenDictionary(e => e.Name, e => LooksAtHeaders(topology, e));
    private readonly ConcurrentDictionary<(string Exchange, string RoutingKey), IReadOnlyList<string>> remembered = new();
    private int count;

    /// <summary>The name that the exchange is counted under: what nobody declared is one name, so that no client can make up more.</summary>
    public string NameOf(string exchange) =>
        exchange.Length == 0 || looksAtHeaders.ContainsKey(exchange) ? exchange : MeasuredDestinations.Other;

    /// <summary>As <see cref="NameOf"/>, of a work queue.</summary>
    public string NameOfQueue(string queue) => byName.ContainsKey(queue) ? queue : MeasuredDestinations.Other;

    public IReadOnlyList<string> QueuesOf(string exchange, string routingKey, IDictionary<string, object?>? headers)
    {
        if (exchange.Length == 0)
        {
            return byName.GetValueOrDefault(routingKey) ?? [];
        }

        if (looksAtHeaders.GetValueOrDefault(exchange))
        {
            return Router.Route(topology, exchange, routingKey, headers?.AsReadOnly()).Queues;
        }

        if (remembered.TryGetValue((exchange, routingKey), out var known))
        {
            return known;
        }

        var queues = Router.Route(topology, exchange, routingKey, headers: null).Queues;
        if (Volatile.Read(ref count) >= MostRemembered)
        {
            // Keys that never come again must not keep out those that do.
            remembered.Clear();
            Volatile.Write(ref count, 0);
        }

        if (remembered.TryAdd((exchange, routingKey), queues))
        {
            Interlocked.Increment(ref count);
        }

        return queues;
    }

    /// <summary>It is a headers exchange, or leads to one.</summary>
    private static bool LooksAtHeaders(Topology topology, Exchange exchange)
    {
        HashSet<string> reached = [exchange.Name];
        Queue<Exchange> pending = new([exchange]);
        while (pending.TryDequeue(out var next))
        {
            if (next.Type == ExchangeType.Headers)
            {
                return true;
            }

            var onward = topology.Bindings.Where(b => b.ToExchange && b.Exchange == next.Name).Select(b => b.Destination);
            foreach (var name in next.AlternateExchange is { } alternate ? onward.Append(alternate) : onward)
            {
                if (reached.Add(name) && topology.FindExchange(name) is { } found)
                {
                    pending.Enqueue(found);
                }
            }
        }

        return false;
    }
}
