using System.Collections.Frozen;

namespace RabbitDemo.Messaging;

/// <summary>
/// The destinations that metrics tell apart: declared exchanges and queues, with their retry and dead-letter queues. Whatever else
/// a message names is one destination more, so that no sender can make up series.
/// </summary>
internal sealed class MeasuredDestinations(Topology topology)
{
    public const string Other = "_OTHER";
    private const string Retry = ".retry.";

    private readonly FrozenSet<string> known = topology.Exchanges.Select(e => e.Name)
        .Concat(topology.Queues.SelectMany(q => new[] { q.Name, q.DeadLetterQueue }))
        .ToFrozenSet();

    public string Of(string exchange, string routingKey) => (exchange.Length > 0 ? exchange : routingKey) switch
    {
        var name when known.Contains(name) || (exchange.Length == 0 && IsRetryQueue(name)) => name,
        _ => Other
    };

    private bool IsRetryQueue(string name) =>
        name.LastIndexOf(Retry, StringComparison.Ordinal) is > 0 and var end
        && known.GetAlternateLookup<ReadOnlySpan<char>>().Contains(name.AsSpan(0, end))
        && int.TryParse(name.AsSpan(end + Retry.Length), System.Globalization.CultureInfo.InvariantCulture, out _);
}
