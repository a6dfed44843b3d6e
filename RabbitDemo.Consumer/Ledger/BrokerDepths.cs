using RabbitDemo.Messaging;

namespace RabbitDemo.Consumer.Ledger;

/// <summary>Adds what the broker holds to the books.</summary>
internal sealed class BrokerDepths(Receiver receiver, Topology topology, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Every queue of the service, with its broker's side where the broker can be asked.</summary>
    public async Task<IReadOnlyList<QueueBooks>> AddAsync(IReadOnlyList<QueueBooks> books, CancellationToken cancellationToken)
    {
        var depths = await MeasureAsync(cancellationToken);
        var names = books.Select(b => b.Queue).Union(topology.ReadBy(receiver.Service).Select(q => q.Name)).Order(StringComparer.Ordinal);
        return [.. names.Select(name => (books.FirstOrDefault(b => b.Queue == name) ?? new QueueBooks { Queue = name }) with
        {
            Broker = depths is null ? null : Of(name, depths, receiver.Queues.FirstOrDefault(q => q.Queue == name)?.InFlight ?? 0)
        })];
    }

    private static BrokerCounts Of(string queue, IReadOnlyList<QueueDepth> depths, int inFlight) => new(
        depths.Where(d => d.Queue == queue).Sum(d => d.Ready),
        inFlight,
        depths.Where(d => d.Queue.StartsWith($"{queue}.retry.", StringComparison.Ordinal)).Sum(d => d.Ready),
        depths.Where(d => d.Queue == $"{queue}.dead").Sum(d => d.Ready))
    {
        IsAll = depths.Any(d => d.Queue == queue && d.IsOursAlone)
    };

    /// <summary>The books do not wait for a broker that does not answer.</summary>
    private async Task<IReadOnlyList<QueueDepth>?> MeasureAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await receiver.MeasureAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
