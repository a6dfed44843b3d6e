using RabbitDemo.Messaging;
using RabbitDemo.Tests.Brokers;
using RabbitMQ.Client;

namespace RabbitDemo.Tests.Proof;

internal static class ProofUnderTest
{
    private static readonly TimeSpan GoneWithin = TimeSpan.FromSeconds(30);

    public static TopologyProof Of(Uri broker) => new(FactoryOf(broker), TimeProvider.System);

    public static ConnectionFactory FactoryOf(Uri broker) => new()
    {
        Uri = broker,
        AutomaticRecoveryEnabled = false,
        TopologyRecoveryEnabled = false,
        RequestedHeartbeat = TimeSpan.FromSeconds(2)
    };

    /// <summary>The same address behind another port.</summary>
    public static Uri Through(this Uri broker, int port) => new UriBuilder(broker) { Port = port }.Uri;

    public static async Task<string[]> CopiesAsync(this TestVirtualHost virtualHost) =>
        [.. (await virtualHost.ExchangesAsync()).Concat(await virtualHost.QueuesAsync()).Where(n => n.StartsWith("lab.proof.", StringComparison.Ordinal))];

    public static Task NothingIsLeftAsync(this TestVirtualHost virtualHost) => Eventually.GetAsync(
        "no exchange and no queue of a proof is left", GoneWithin,
        async () => string.Join(' ', await virtualHost.CopiesAsync()), left => left.Length == 0);
}
