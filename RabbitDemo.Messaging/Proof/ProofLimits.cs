using System.Text;

namespace RabbitDemo.Messaging;

/// <summary>What a proof may cost the broker, and what it takes for a message: as <c>POST /topology/route</c> does.</summary>
internal static class ProofLimits
{
    public const int Exchanges = 50;
    public const int Queues = 100;
    public const int Bindings = 500;

    /// <summary>All headers together: they travel in one frame, of which the broker takes 128 KB.</summary>
    public const int HeaderBytes = 64 * 1024;

    /// <exception cref="ProofRefusedException">What is too much or does not fit together, in one line.</exception>
    public static void Check(Topology topology, string exchange, string routingKey, IReadOnlyDictionary<string, object?>? headers)
    {
        AtMost(Exchanges, topology.Exchanges.Count, "exchanges");
        AtMost(Queues, topology.Queues.Count, "queues");
        AtMost(Bindings, topology.Bindings.Count, "bindings");
        Once("exchange", topology.Exchanges.Select(e => e.Name));
        Once("queue", topology.Queues.Select(q => q.Name));
        foreach (var binding in topology.Bindings)
        {
            if (topology.FindExchange(binding.Exchange) is null)
                throw new ProofRefusedException($"A binding leaves exchange {Show(binding.Exchange)}, which the topology does not have.");

            if (binding.ToExchange ? topology.FindExchange(binding.Destination) is null : topology.FindQueue(binding.Destination) is null)
                throw new ProofRefusedException($"A binding leads to {(binding.ToExchange ? "exchange" : "queue")} {Show(binding.Destination)}, which the topology does not have.");
        }

        if (exchange.Length > 0 && topology.FindExchange(exchange) is null)
            throw new ProofRefusedException($"The topology has no exchange {Show(exchange)}.");

        if (Encoding.UTF8.GetByteCount(routingKey) is var bytes and > TopologyRules.MaxNameBytes)
            throw new ProofRefusedException($"A routing key is at most {TopologyRules.MaxNameBytes} bytes of UTF-8; this one is {bytes}.");

        CheckHeaders(headers ?? new Dictionary<string, object?>());
    }

    private static void CheckHeaders(IReadOnlyDictionary<string, object?> headers)
    {
        foreach (var (name, value) in headers)
        {
            if (TopologyRules.HeaderName(name) is { } broken)
                throw new ProofRefusedException($"Header {Show(name)}: {broken}");

            if (name is "CC" or "BCC")
                throw new ProofRefusedException($"Header {name} adds routing keys of its own; ask for one key at a time.");

            if (value is not (null or string or byte[] or bool or sbyte or byte or short or ushort or int or uint or long))
                throw new ProofRefusedException($"Header {Show(name)} is a {value.GetType().Name}: it must be a text, an integer of 64 bits, true, false or null.");
        }

        var bytes = headers.Sum(h => Encoding.UTF8.GetByteCount(h.Key) + (h.Value switch
        {
            string text => Encoding.UTF8.GetByteCount(text),
            byte[] raw => raw.Length,
            _ => sizeof(long)
        }));
        AtMost(HeaderBytes, bytes, "bytes of headers");
    }

    private static void AtMost(int limit, int count, string what)
    {
        if (count > limit)
            throw new ProofRefusedException($"A proof takes at most {limit} {what}; there are {count}.");
    }

    private static void Once(string kind, IEnumerable<string> names)
    {
        if (names.GroupBy(n => n, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ProofRefusedException($"The topology has {kind} {Show(twice.Key)} {twice.Count()} times.");
    }

    private static string Show(string text) => SettingReader.Show(text);
}
