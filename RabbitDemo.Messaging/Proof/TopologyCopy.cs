using RabbitMQ.Client;

namespace RabbitDemo.Messaging;

/// <summary>
/// A topology under other names that routes as the original does and ends with its connection, however that ends: every queue is
/// exclusive, and every exchange is deleted by the broker with its last binding.
/// </summary>
/// <remarks>
/// The broker deletes an exchange with its last binding only if it ever had one: each is bound to one exclusive queue, the
/// sentinel, in the same breath in which it is declared, under a condition that no message meets. A fanout exchange has no such
/// condition: it gives the sentinel up when its own bindings are there, or is declared as a direct exchange when it has none,
/// which takes as little. Exchanges that are bound in a circle would keep each other alive: such a binding leads to an exchange
/// that takes nothing and has the destination for its alternate, which the broker follows in the same way but does not count
/// as a binding.
/// </remarks>
internal sealed class TopologyCopy(Topology topology)
{
    private const int MaxLength = 10;
    private readonly HashSet<Binding> circular = Circles.Find(topology);
    private readonly List<string> exchanges = [];
    private int queues;

    public CopyNames Names { get; } = new(topology);

    /// <summary>Exchanges and queues made so far.</summary>
    public int Entities => exchanges.Count + queues;

    /// <summary>Those that were asked for so far; the broker may not have come to the last.</summary>
    public IReadOnlyList<string> Exchanges => exchanges;

    /// <summary>Declares the sentinel alone: nothing of the rest can outlive it.</summary>
    public Task DeclareSentinelAsync(IChannel channel, CancellationToken cancellationToken) => DeclareQueueAsync(channel, Names.Sentinel, cancellationToken);

    /// <summary>Declares everything else. A refusal closes the channel; what comes next on it then fails.</summary>
    public async Task DeclareAsync(IChannel channel, CancellationToken cancellationToken)
    {
        foreach (var exchange in topology.Exchanges)
            await DeclareAsync(channel, Names.Exchange(exchange.Name), TypeOf(exchange), exchange.AlternateExchange, cancellationToken);

        foreach (var destination in circular.Select(b => b.Destination).Distinct(StringComparer.Ordinal))
            await DeclareAsync(channel, Names.Detour(destination), ExchangeType.Direct, destination, cancellationToken);

        foreach (var queue in topology.Queues)
            await DeclareQueueAsync(channel, Names.Queue(queue.Name), cancellationToken);

        foreach (var binding in topology.Bindings)
            await BindAsync(channel, binding, cancellationToken);

        foreach (var exchange in topology.Exchanges.Where(e => TypeOf(e) == ExchangeType.Fanout))
            await channel.QueueUnbindAsync(Names.Sentinel, Names.Exchange(exchange.Name), Names.Sentinel, cancellationToken: cancellationToken);
    }

    private ExchangeType TypeOf(Exchange exchange) =>
        exchange.Type == ExchangeType.Fanout && topology.Bindings.All(b => b.Exchange != exchange.Name) ? ExchangeType.Direct : exchange.Type;

    private async Task DeclareAsync(IChannel channel, string name, ExchangeType type, string? alternate, CancellationToken cancellationToken)
    {
        Dictionary<string, object?>? arguments = alternate is null ? null : new() { ["alternate-exchange"] = Names.Exchange(alternate) };
        Dictionary<string, object?>? never = type == ExchangeType.Headers ? new() { ["x-match"] = "all", [Names.Sentinel] = true } : null;
        exchanges.Add(name);
        await channel.ExchangeDeclareAsync(
            name, type.ToString().ToLowerInvariant(), durable: false, autoDelete: true, arguments, noWait: true, cancellationToken: cancellationToken);
        await channel.QueueBindAsync(Names.Sentinel, name, Names.Sentinel, never, noWait: true, cancellationToken: cancellationToken);
    }

    private async Task DeclareQueueAsync(IChannel channel, string name, CancellationToken cancellationToken)
    {
        queues++;
        await channel.QueueDeclareAsync(
            name, durable: false, exclusive: true, autoDelete: false, new Dictionary<string, object?> { ["x-max-length"] = MaxLength },
            noWait: true, cancellationToken: cancellationToken);
    }

    private Task BindAsync(IChannel channel, Binding binding, CancellationToken cancellationToken)
    {
        var (source, arguments) = (Names.Exchange(binding.Exchange), binding.Arguments?.ToDictionary());
        if (!binding.ToExchange)
            return channel.QueueBindAsync(Names.Queue(binding.Destination), source, binding.RoutingKey, arguments, noWait: true, cancellationToken);

        var destination = circular.Contains(binding) ? Names.Detour(binding.Destination) : Names.Exchange(binding.Destination);
        return channel.ExchangeBindAsync(destination, source, binding.RoutingKey, arguments, noWait: true, cancellationToken);
    }
}
