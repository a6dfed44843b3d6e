using RabbitDemo.Messaging;

namespace RabbitDemo.Tests.Proof;

internal static class ProofTopologies
{
    /// <summary>All types in turn, in a circle over all exchanges, the rest of the bindings to queues in turn.</summary>
    public static Topology Sized(int exchanges, int queues, int bindings) => new(
        [.. Enumerable.Range(0, exchanges).Select(i => new Exchange($"x{i}", (ExchangeType)(i % 4), i % 3 == 0 ? $"x{(i + 7) % exchanges}" : null))],
        [.. Enumerable.Range(0, queues).Select(i => new WorkQueue($"q{i}", "test"))],
        [
            .. Enumerable.Range(0, bindings).Select(i => i < exchanges
                ? new Binding($"x{i}", $"x{(i + 1) % exchanges}", "k0", ToExchange: true)
                : new Binding($"x{i % exchanges}", $"q{i % queues}", $"k{i / exchanges % 2}"))
        ]);
}
