using System.Text;

namespace RabbitDemo.Messaging;

/// <summary>The names of one proof's exchanges and queues. No two proofs share one, and none is a name of the topology's.</summary>
internal sealed class CopyNames
{
    /// <summary>Every exchange and queue of every proof begins with it, and nothing else does.</summary>
    public const string Prefix = "lab.proof.";

    private readonly string own = $"{Prefix}{Guid.NewGuid():N}";
    private readonly Dictionary<string, string> exchanges;
    private readonly Dictionary<string, string> queues;
    private readonly Dictionary<string, string> detours;

    public CopyNames(Topology topology)
    {
        exchanges = topology.Exchanges.Select((e, i) => (e.Name, Copy: Copy(e.Name, $"exchange-{i}"))).ToDictionary(e => e.Name, e => e.Copy, StringComparer.Ordinal);
        detours = topology.Exchanges.Select((e, i) => (e.Name, Detour: $"{own}-to-{i}")).ToDictionary(e => e.Name, e => e.Detour, StringComparer.Ordinal);
        queues = topology.Queues.Select((q, i) => (q.Name, Copy: Copy(q.Name, $"queue-{i}"))).ToDictionary(q => q.Name, q => q.Copy, StringComparer.Ordinal);
    }

    /// <summary>The queue that keeps exchanges alive. Also a key, and the name of a header, that no message carries.</summary>
    public string Sentinel => $"{own}-sentinel";

    /// <summary>Never declared.</summary>
    public string Nowhere => $"{own}-nowhere";

    public string Exchange(string original) => exchanges.GetValueOrDefault(original, Nowhere);

    public string Queue(string original) => queues.GetValueOrDefault(original, Nowhere);

    /// <summary>The exchange through which bindings that close a circle reach <paramref name="exchange"/>.</summary>
    public string Detour(string exchange) => detours[exchange];

    /// <summary>A name that would be longer than AMQP's 255 bytes gives way to its place in the list. The dash keeps it apart from all names.</summary>
    private string Copy(string original, string place)
    {
        var copy = $"{own}.{original}";
        return Encoding.UTF8.GetByteCount(copy) <= TopologyRules.MaxNameBytes ? copy : $"{own}-{place}";
    }
}
