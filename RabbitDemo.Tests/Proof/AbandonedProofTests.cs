using RabbitDemo.Messaging;
using RabbitDemo.Tests.Brokers;
using RabbitDemo.Tests.Chaos;

namespace RabbitDemo.Tests.Proof;

/// <summary>What a proof leaves when it cannot clean up.</summary>
[Collection(SecondBrokerCollection.Name)]
public sealed class AbandonedProofTests(TestVirtualHost virtualHost) : IClassFixture<TestVirtualHost>
{
    private const int Cuts = 8;
    private static readonly Topology Large = ProofTopologies.Sized(50, 100, 500);

    [BrokerFact]
    public async Task LeavesNothingWhenItsConnectionIsCut()
    {
        using var proxy = new BrokerProxy(virtualHost.Amqp.Port);
        await using var connection = await ProofUnderTest.FactoryOf(virtualHost.Amqp.Through(proxy.Port)).CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        var copy = new TopologyCopy(Large);
        await copy.DeclareSentinelAsync(channel, CancellationToken.None);
        await copy.DeclareAsync(channel, CancellationToken.None);
        Assert.Equal(copy.Entities, (await virtualHost.CopiesAsync()).Length);

        proxy.Cut();

        await virtualHost.NothingIsLeftAsync();
    }

    [BrokerFact]
    public async Task LeavesNothingForLongWhenItIsCutOffWhileItIsMade()
    {
        using var proxy = new BrokerProxy(virtualHost.Amqp.Port);
        var proof = ProofUnderTest.Of(virtualHost.Amqp.Through(proxy.Port));
        var cutOff = 0;
        for (var cut = 0; cut < Cuts; cut++)
        {
            var running = proof.RunAsync(Large, "x0", "k0", null, CancellationToken.None);
            while (!running.IsCompleted && (await virtualHost.ExchangesAsync()).Count(e => e.StartsWith("lab.proof.", StringComparison.Ordinal)) <= cut * 10)
            {
                // It is made in the meantime.
            }

            proxy.Cut();
            if (await Record.ExceptionAsync(() => running) is { } ended)
            {
                Assert.StartsWith("The broker cannot prove it now: ", Assert.IsType<ProofUnavailableException>(ended).Message);
                cutOff++;
            }

            // The connection may have ended between declaring and binding one exchange: the next proof takes it away.
            await Eventually.TrueAsync("at most one exchange is left", TimeSpan.FromSeconds(30), async () => (await virtualHost.CopiesAsync()).Length <= 1);
            proxy.Mend();
            await proof.RunAsync(Topology.Default, "logs", "", null, CancellationToken.None);
            await virtualHost.NothingIsLeftAsync();
        }

        Assert.True(cutOff > 0);
    }

    [BrokerFact]
    public async Task SweepsWhatNothingIsBoundToAndLeavesTheRest()
    {
        await using var other = await virtualHost.ConnectAsync(CancellationToken.None);
        await using var channel = await other.CreateChannelAsync();
        foreach (var name in new[] { "lab.proof.old.x", "lab.proof.live.x", "lab.other" })
            await channel.ExchangeDeclareAsync(name, "direct", durable: false, autoDelete: true);

        var queue = await channel.QueueDeclareAsync("bound", durable: false, exclusive: true, autoDelete: false);
        await channel.QueueBindAsync(queue.QueueName, "lab.proof.live.x", "k");

        var swept = await ProofUnderTest.Of(virtualHost.Amqp).SweepAsync(
            ["lab.proof.live.x", "lab.proof.old.x", "lab.proof.gone.x", "lab.other"], CancellationToken.None);

        Assert.Equal(2, swept);
        Assert.Equal(["lab.other", "lab.proof.live.x"], (await virtualHost.ExchangesAsync()).Where(e => e.StartsWith("lab.", StringComparison.Ordinal)));
    }
}
