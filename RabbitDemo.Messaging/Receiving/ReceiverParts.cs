using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace RabbitDemo.Messaging;

/// <summary>What a receiver is made of, the same on every session.</summary>
internal sealed class ReceiverParts(
    ReceiverIdentity identity,
    Topology topology,
    TopologyDeclarer declarer,
    IEventHandler handler,
    IInbox inbox,
    MessagePublisher publisher,
    IOptions<ReceiverOptions> options,
    IOptions<QueueOptions> queueOptions,
    LedgerCounters counters,
    TimeProvider clock,
    MovementLog? movements = null)
{
    private readonly ConcurrentDictionary<string, HandlerThread> threads = [];

    public string Service => identity.Service;

    public string Consumer => identity.Instance;

    public IReadOnlyList<WorkQueue> Queues { get; } = topology.ReadBy(identity.Service);

    /// <summary>
    /// Queues that an earlier session lost while it read from them, until the next one begins: deleted, unless that finds them away.
    /// </summary>
    public ConcurrentDictionary<string, bool> Cancelled { get; } = [];

    public TopologyDeclarer Declarer => declarer;

    public IEventHandler Handler => handler;

    public IInbox Inbox => inbox;

    public MessagePublisher Publisher => publisher;

    public ReceiverOptions Options => options.Value;

    public LedgerCounters Counters => counters;

    /// <summary>Null when this process does not tell what it does.</summary>
    public MovementLog? Movements => movements;

    public TimeProvider Clock => clock;

    /// <summary>By queue, what was set since the start instead of the configured prefetch.</summary>
    public ConcurrentDictionary<string, int> Prefetches { get; } = [];

    public HandlerThread ThreadOf(WorkQueue queue) => threads.GetOrAdd(queue.Name, _ => new());

    public SubscriptionSettings SettingsOf(WorkQueue queue) => new(
        Prefetches.TryGetValue(queue.Name, out var prefetch) ? prefetch : Options.PrefetchOf(queue.Name), Options.ConcurrencyOf(queue.Name),
        queueOptions.Value.IsSingleActiveConsumer(queue.Name), queueOptions.Value.Type == QueueType.Quorum);
}

/// <param name="Service">Whose queues are read.</param>
/// <param name="Instance">This process among the service's replicas, as it is shown to people.</param>
public sealed record ReceiverIdentity(string Service, string Instance)
{
    /// <summary>This process, as a replica of <paramref name="service"/>.</summary>
    internal static ReceiverIdentity Of(string service) => new(service, $"{service}@{Environment.MachineName}:{Environment.ProcessId}");
}
