using System.Diagnostics;
using RabbitDemo.Messaging;
using RabbitDemo.Tests.Brokers;
using RabbitDemo.Tests.Chaos;

namespace RabbitDemo.Tests.Proof;

[Collection(SecondBrokerCollection.Name)]
public sealed class ProofWithoutBrokerTests(TestBroker broker)
{
    [Fact]
    public async Task SaysThatTheBrokerIsAway()
    {
        var port = LoopbackPorts.Free(1)[0];

        Assert.Equal("The broker cannot prove it now: ConnectionRefused.", await ReasonAsync(new($"amqp://app:secret@127.0.0.1:{port}/")));
    }

    [BrokerFact]
    public async Task SaysThatTheBrokerDoesNotAnswer()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        using var proxy = new BrokerProxy(virtualHost.Amqp.Port);
        proxy.FallSilent(forget: true);

        var clock = Stopwatch.StartNew();

        Assert.Equal("The broker cannot prove it now: not done within 10 s.", await ReasonAsync(virtualHost.Amqp.Through(proxy.Port)));
        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(13));
    }

    [BrokerFact]
    public async Task SaysWhatItMayNotDo()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await virtualHost.PermitAsync(configure: "^lab[.]proof[.].*-sentinel$");

        var reason = await ReasonAsync(virtualHost.Amqp);

        Assert.StartsWith("The broker cannot prove it now: 403 ACCESS_REFUSED", reason);
        Assert.DoesNotContain('\n', reason);
        await virtualHost.NothingIsLeftAsync();
    }

    [BrokerFact(BreaksIt = true)]
    public async Task SaysThatTheBrokerIsBlockedAndMakesNoExchange()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await broker.SetMemoryAlarmAsync(CancellationToken.None);
        try
        {
            Assert.StartsWith("The broker cannot prove it now: the broker takes no messages now: ", await ReasonAsync(virtualHost.Amqp));
            Assert.DoesNotContain(await virtualHost.ExchangesAsync(), e => e.StartsWith("lab.", StringComparison.Ordinal));
        }
        finally
        {
            await broker.ClearMemoryAlarmAsync(CancellationToken.None);
        }

        await virtualHost.NothingIsLeftAsync();
    }

    [BrokerFact]
    public async Task EndsWithItsCaller()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        using var proxy = new BrokerProxy(virtualHost.Amqp.Port);
        proxy.FallSilent(forget: true);
        using var caller = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => ProofUnderTest.Of(virtualHost.Amqp.Through(proxy.Port)).RunAsync(Topology.Default, "logs", "", null, caller.Token));
    }

    private static async Task<string> ReasonAsync(Uri address) => (await Assert.ThrowsAsync<ProofUnavailableException>(
        () => ProofUnderTest.Of(address).RunAsync(Topology.Default, "logs", "", null, CancellationToken.None))).Message;
}
