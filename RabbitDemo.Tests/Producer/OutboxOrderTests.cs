using System.Diagnostics;
using RabbitDemo.Tests.Brokers;
using RabbitDemo.Tests.Chaos;
using Xunit.Abstractions;

namespace RabbitDemo.Tests.Producer;

/// <summary>Events leave the outbox in the order of their acceptance, whatever ends meanwhile.</summary>
[Collection(SecondBrokerCollection.Name)]
public sealed class OutboxOrderTests(TestBroker broker, ITestOutputHelper output) : IDisposable
{
    private readonly OutboxUnderTest outbox = new();

    public void Dispose() => outbox.Dispose();

    [BrokerFact]
    public async Task PublishesInOrderWhatAnEarlierProcessAccepted()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using (var first = await outbox.StartAsync())
            await OutboxUnderTest.AcceptAllAsync(first, 0, 3_000);

        await using var second = await outbox.StartAsync(virtualHost.Amqp.ToString());
        await OutboxUnderTest.AcceptAllAsync(second, 3_000, 2_000);
        var (ids, _) = await OutboxUnderTest.TakeAsync(virtualHost, "mensajes", 5_000);
        await OutboxUnderTest.EmptyAsync(second);

        Assert.Equal(Enumerable.Range(0, 5_000).Select(id => (long)id), ids);
        Assert.StartsWith("200 Healthy", await OutboxUnderTest.HealthAsync(second), StringComparison.Ordinal);
        Assert.Empty(second.Complaints);
    }

    [BrokerFact]
    public async Task BeginsAgainAtTheOldestUnconfirmedAfterEachLostConnection()
    {
        const int Count = 40_000;
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using (var away = await outbox.StartAsync())
            await OutboxUnderTest.AcceptAllAsync(away, 0, Count);

        using var network = new BrokerProxy(virtualHost.Amqp.Port);
        await using var producer = await outbox.StartAsync(new UriBuilder(virtualHost.Amqp) { Port = network.Port }.Uri.ToString());
        var (next, left) = (1_000, new List<long>());
        var (ids, copies) = await OutboxUnderTest.TakeAsync(virtualHost, "mensajes", Count, TimeSpan.FromSeconds(60), arrived =>
        {
            if (left.Count == 3 || arrived < next || producer.Reconnects < left.Count || !producer.IsConnected)
                return;

            network.Cut();
            network.Mend();
            left.Add(producer.Waiting);
            next = arrived + 1_000;
        });
        await OutboxUnderTest.EmptyAsync(producer);
        output.WriteLine($"{string.Join(", ", left)} waited when the connection was cut; {copies} copies");

        Assert.Equal(Enumerable.Range(0, Count).Select(id => (long)id), ids);
        Assert.Equal(3, producer.Reconnects);
        Assert.DoesNotContain(0, left);
        Assert.InRange(copies, 0, 3 * 2_048);
    }

    [BrokerFact(BreaksIt = true)]
    public async Task PublishesInOrderAHundredThousandEventsThatWereAcceptedWhileTheBrokerWasAwayThoughItIsKilledAgain()
    {
        const int Count = 100_000;
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var producer = await outbox.StartAsync(virtualHost.Amqp.ToString());
        await producer.ReadyAsync();
        await broker.StopAsync(CancellationToken.None);

        var clock = Stopwatch.StartNew();
        try
        {
            await OutboxUnderTest.AcceptAllAsync(producer, 0, Count);
        }
        finally
        {
            output.WriteLine($"{Count} accepted in {clock.Elapsed.TotalSeconds:0.0} s: {await OutboxUnderTest.HealthAsync(producer)}");
            await broker.StartAsync(CancellationToken.None);
        }

        await Eventually.GetAsync("a part is published", TimeSpan.FromSeconds(60), () => OutboxUnderTest.WaitingAsync(producer), waiting => waiting < Count * 3 / 4);
        await broker.KillAsync(CancellationToken.None);
        await broker.StartAsync(CancellationToken.None);
        clock.Restart();
        await OutboxUnderTest.EmptyAsync(producer, TimeSpan.FromSeconds(100));
        output.WriteLine($"the rest published in {clock.Elapsed.TotalSeconds:0.0} s after the broker was killed and started again");
        var (ids, copies) = await OutboxUnderTest.TakeAsync(virtualHost, "mensajes", Count, TimeSpan.FromSeconds(60));
        output.WriteLine($"{copies} copies");

        Assert.Equal(Enumerable.Range(0, Count).Select(id => (long)id), ids);
    }

    [BrokerFact]
    public async Task TakesOverWhatAProcessThatIsGoneHasLeft()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using (var first = await outbox.StartAsync())
        await using (var replica = await outbox.StartAsync())
        {
            await OutboxUnderTest.AcceptAllAsync(first, 0, 500);
            await OutboxUnderTest.AcceptAllAsync(replica, 500, 500);
        }

        await using var only = await outbox.StartAsync(virtualHost.Amqp.ToString());
        var (ids, _) = await OutboxUnderTest.TakeAsync(virtualHost, "mensajes", 1_000);

        Assert.Equal(Enumerable.Range(0, 500).Select(id => (long)id), ids.Where(id => id < 500));
        Assert.Equal(Enumerable.Range(500, 500).Select(id => (long)id), ids.Where(id => id >= 500));
    }
}
