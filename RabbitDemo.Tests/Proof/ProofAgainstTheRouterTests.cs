using System.Text.Json;
using CsCheck;
using RabbitDemo.Messaging;
using RabbitDemo.Tests.Brokers;
using RabbitDemo.Tests.Routing;
using Xunit.Abstractions;

namespace RabbitDemo.Tests.Proof;

/// <summary>A failure prints its seed; <c>CsCheck_Seed=…</c> in the environment starts with that one.</summary>
[Collection(SecondBrokerCollection.Name)]
public sealed class ProofAgainstTheRouterTests(TestVirtualHost virtualHost, ITestOutputHelper output) : IClassFixture<TestVirtualHost>
{
    private const int Topologies = 60;
    private const int PublicationsEach = 3;

    [BrokerFact]
    public async Task AgreesForAnyTopology()
    {
        var proof = ProofUnderTest.Of(virtualHost.Amqp);
        var (routed, returned, circles) = (0, 0, 0);

        await RoutingCase.Any.SampleAsync(
            async generated =>
            {
                circles += Circles.Find(generated.Topology).Count > 0 ? 1 : 0;
                foreach (var (exchange, key, headers) in generated.Publications.Take(PublicationsEach))
                {
                    var result = await proof.RunAsync(generated.Topology, exchange, key, headers, CancellationToken.None);

                    Assert.True(result.Agrees, JsonSerializer.Serialize(result));
                    _ = result.Returned ? returned++ : routed++;
                }
            },
            iter: Topologies,
            threads: 1);

        output.WriteLine($"{routed} routed, {returned} returned, {circles} topologies with a circle");
        Assert.True(routed > Topologies / 2 && returned > Topologies / 2 && circles > Topologies / 10);
        await virtualHost.NothingIsLeftAsync();
    }
}
