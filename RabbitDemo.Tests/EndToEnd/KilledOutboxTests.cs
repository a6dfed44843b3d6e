using Aspire.Hosting.Testing;
using RabbitDemo.Tests.AppHost;
using RabbitDemo.Tests.Brokers;
using RabbitDemo.Tests.Chaos;
using Xunit.Abstractions;

namespace RabbitDemo.Tests.EndToEnd;

/// <summary>What was promised because it was on the producer's disk, whoever is killed afterwards.</summary>
[Collection(BrokerCollection.Name)]
public sealed class KilledOutboxTests(TestBroker broker, ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryDirectory data = new();

    public void Dispose() => data.Dispose();

    [BrokerFact(BreaksIt = true)]
    public async Task StoresEachAcceptedEventOnceWhenProducerAndBrokerAreKilledInTurnUnderLoad()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var system = await RunningSystem.StartAsync(
            data, "--Broker=external", $"--ConnectionStrings:rabbitmq={virtualHost.Amqp}", "--RabbitDemo:Delivery=Outbox",
            "--RabbitDemo:Handling:Delay=00:00:00", "--RabbitDemo:Receiver:Prefetch=50");
        await system.HealthyAsync("producer", "consumer");
        using var consumer = new ConsumerClient(system.Application.GetEndpoint("consumer", "http"));
        var witness = new Witness(consumer);
        await using var load = new Load(system.Application.GetEndpoint("producer", "http"), failing: 0, new Random(1));

        var whileAway = 0;
        for (var turn = 0; turn < 3; turn++)
        {
            await AcceptedMoreAsync(300);
            await system.KillAsync("producer");
            await system.StartAgainAsync("producer");
            await AcceptedMoreAsync(300);
            await broker.KillAsync(CancellationToken.None);
            var before = load.Accepted.Count;
            await AcceptedMoreAsync(100);
            whileAway += load.Accepted.Count - before;
            if (turn == 1)
            {
                await system.KillAsync("producer");
                await system.StartAgainAsync("producer");
                await AcceptedMoreAsync(100);
            }

            await broker.StartAsync(CancellationToken.None);
        }

        await AcceptedMoreAsync(300);
        await load.StopAsync(TimeSpan.FromSeconds(20));
        await Eventually.GetAsync("every accepted event is stored", TimeSpan.FromSeconds(60), async () =>
        {
            await witness.ReadOnAsync();
            return witness.Lost(load.Accepted).Length;
        }, lost => lost == 0);
        var audit = await consumer.AuditAsync(load.Accepted, ranEmpty: false);
        var duplicates = (await consumer.LedgerAsync()).Process.Deliveries.Duplicates;
        output.WriteLine($"{load.Sent} sent, {load.Accepted.Count} accepted ({whileAway} just after the broker was killed), {witness.Count} stored, {duplicates} copies told apart");

        Assert.Empty(witness.Doubled);
        Assert.Equal(load.Accepted.Count, audit.Stored);

        Task AcceptedMoreAsync(int more)
        {
            var before = load.Accepted.Count;
            return Eventually.GetAsync($"{more} more are accepted", TimeSpan.FromSeconds(60), () => Task.FromResult(load.Accepted.Count), count => count >= before + more);
        }
    }
}
