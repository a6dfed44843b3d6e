using System.Diagnostics;
using System.Runtime.InteropServices;

namespace RabbitDemo.Messaging;

/// <summary>
/// Notes what this process does with messages until the next batch tells it: all of it as counts, the first of it one by one. It
/// never waits or throws, and what it keeps is bounded by the topology, whatever clients send. While nobody takes batches, nothing
/// is noted. Thread-safe.
/// </summary>
public sealed class MovementLog
{
    /// <summary>AMQP's own limit for names; a header, an error or an old outbox may hold more.</summary>
    private const int LongestText = 255;

    private readonly Lock gate = new();
    private readonly MovementRoutes routes;
    private readonly TimeProvider clock;
    private Dictionary<Key, long> counts = [];
    private List<Movement> movements = [];
    private volatile bool isHeard;

    internal MovementLog(Topology topology, TimeProvider clock)
    {
        routes = new(topology);
        this.clock = clock;
    }

    /// <summary>Set while batches reach the broker. What was noted and not told is dropped when they do not.</summary>
    internal bool IsHeard
    {
        get => isHeard;
        set
        {
            isHeard = value;
            if (!value)
            {
                Take();
            }
        }
    }

    internal bool HasNews
    {
        get
        {
            lock (gate)
            {
                return counts.Count > 0;
            }
        }
    }

    /// <summary>All that was noted since the last call.</summary>
    internal (IReadOnlyList<MovementCount> Counts, IReadOnlyList<Movement> Movements) Take()
    {
        Dictionary<Key, long> counted;
        List<Movement> told;
        lock (gate)
        {
            if (counts.Count == 0)
            {
                return ([], []);
            }

            (counted, counts) = (counts, new(counts.Count));
            (told, movements) = (movements, new(movements.Count));
        }

        return ([.. counted.Select(c => new MovementCount(c.Key.Kind, c.Key.Exchange, c.Key.Queue, c.Value))], told);
    }

    /// <summary>An event's publish has ended. Not for what a consumer publishes again: that is retried, dead or redriven.</summary>
    internal void Published(OutgoingMessage message, PublishOutcome outcome)
    {
        if (!isHeard)
        {
            return;
        }

        var (kind, queues) = outcome.Status switch
        {
            PublishStatus.Confirmed => (MovementKind.Published, routes.QueuesOf(message.Exchange, message.RoutingKey, message.Properties.Headers)),
            PublishStatus.Returned => (MovementKind.Returned, []),
            _ => (MovementKind.Refused, [])
        };
        var exchange = routes.NameOf(message.Exchange);
        lock (gate)
        {
            Count(new(kind, exchange, ""));
            foreach (var queue in queues)
            {
                Count(new(kind, exchange, queue));
            }

            if (movements.Count < MovementBatch.MostMovements)
            {
                var properties = message.Properties;
                movements.Add(new(
                    kind, clock.GetUtcNow(), Shorten(properties.MessageId) ?? "", Shorten(properties.Type), Shorten(message.Exchange) ?? "",
                    Shorten(message.RoutingKey) ?? "", queues, Reason: Shorten(outcome.Reason), TraceId: TraceIdOf(message)));
            }
        }
    }

    /// <summary>Something became of a delivery from <paramref name="queue"/>.</summary>
    internal void Happened(
        MovementKind kind, string queue, ReceivedMessage message, int attempt = 0, TimeSpan? delay = null, string? reason = null)
    {
        if (!isHeard)
        {
            return;
        }

        lock (gate)
        {
            Count(new(kind, "", queue));
            if (movements.Count < MovementBatch.MostMovements)
            {
                movements.Add(new(
                    kind, clock.GetUtcNow(), message.MessageId, Shorten(message.Delivery?.Evento.Tipo), Shorten(message.Origin.Exchange) ?? "",
                    Shorten(message.Origin.RoutingKey) ?? "", [queue], attempt, delay, Shorten(reason), message.Delivery?.TraceId));
            }
        }
    }

    /// <summary>The broker has a dead letter in its work queue again.</summary>
    internal void Redriven(DeadLetter letter)
    {
        if (!isHeard)
        {
            return;
        }

        var queue = routes.NameOfQueue(letter.Queue);
        var traceId = ActivityContext.TryParse(letter.TraceParent, null, out var context) ? context.TraceId.ToHexString() : null;
        lock (gate)
        {
            Count(new(MovementKind.Redriven, "", queue));
            if (movements.Count < MovementBatch.MostMovements)
            {
                movements.Add(new(
                    MovementKind.Redriven, clock.GetUtcNow(), letter.MessageId, Tipo: null, Shorten(letter.Exchange) ?? "",
                    Shorten(letter.RoutingKey) ?? "", [queue], TraceId: traceId));
            }
        }
    }

    private void Count(Key key)
    {
        CollectionsMarshal.GetValueRefOrAddDefault(counts, key, out _)++;
    }

    private static string? Shorten(string? text) => text is { Length: > LongestText } ? text[..LongestText] : text;

    private static string? TraceIdOf(OutgoingMessage message) =>
        TraceHeaders.Extract(message.Properties.Headers) is var context && context != default ? context.TraceId.ToHexString() : null;

    private readonly record struct Key(MovementKind Kind, string Exchange, string Queue);
}
