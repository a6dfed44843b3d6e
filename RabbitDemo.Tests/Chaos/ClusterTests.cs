using System.Diagnostics;
using RabbitDemo.Tests.AppHost;
using RabbitDemo.Tests.Brokers;
using RabbitDemo.Tests.EndToEnd;
using Xunit.Abstractions;

namespace RabbitDemo.Tests.Chaos;

/// <summary>Three nodes and quorum queues: the system behind a load balancer, as a team would run it.</summary>
[Collection(ClusterCollection.Name)]
public sealed class ClusterTests(LocalCluster cluster, ITestOutputHelper output) : IClassFixture<LocalCluster>
{
    private static readonly string[] Services = ["producer", "consumer"];

    [BrokerFact(BreaksIt = true)]
    public async Task StoresEachAcceptedEventExactlyOnceWhenTheLeaderIsKilled()
    {
        using var balancer = new BrokerProxy([.. cluster.Nodes.Select(node => node.Amqp.Port)]);
        using var data = new TemporaryDirectory();
        await using var system = await RunningSystem.StartAsync(data,
            "--Broker=external", $"--ConnectionStrings:rabbitmq={new UriBuilder(cluster.Nodes[0].Amqp) { Port = balancer.Port, Path = "/" }}",
            "--RabbitDemo:Queues:Type=Quorum", "--RabbitDemo:Handling:Delay=00:00:00", "--RabbitDemo:Receiver:Prefetch=50");
        await system.HealthyAsync(Services);
        using var consumer = new ConsumerClient(system.Consumer.BaseAddress ?? throw new InvalidOperationException("The consumer has no address."));
        var witness = new Witness(consumer);

        await using var load = new Load(system.Producer.BaseAddress ?? throw new InvalidOperationException("The producer has no address."), failing: 0, new Random(1));
        await Eventually.TrueAsync("500 are accepted", TimeSpan.FromSeconds(30), () => Task.FromResult(load.Accepted.Count >= 500));
        var leader = await cluster.Management.LeaderAsync("/", ConsumerClient.Queue);
        var victim = cluster.NodeOf(leader);
        await victim.KillAsync(CancellationToken.None);
        var before = load.Accepted.Count;

        // Nothing is promised of how soon: three seconds as a rule. When nothing is accepted at all, the producer says why.
        var killed = Stopwatch.GetTimestamp();
        await Eventually.GetAsync("500 more are accepted by the two that are left", TimeSpan.FromSeconds(90), async () =>
        {
            using var health = await system.Producer.GetAsync("/health");
            return (More: load.Accepted.Count - before, load.Refused, load.LastRefusal, Producer: await health.Content.ReadAsStringAsync());
        }, state => state.More >= 500);
        var outage = Stopwatch.GetElapsedTime(killed);
        await victim.StartAsync(CancellationToken.None);
        await load.StopAsync(TimeSpan.FromSeconds(15));
        await Eventually.GetAsync("every accepted event is stored, and nothing waits", TimeSpan.FromSeconds(45), async () =>
        {
            await witness.ReadOnAsync();
            using var health = await system.Consumer.GetAsync("/health");
            return (Lost: witness.Lost(load.Accepted).Length, Books: await consumer.BooksAsync(), Health: await health.Content.ReadAsStringAsync());
        }, state => state is { Lost: 0, Books.RanEmpty: true });
        var audit = await consumer.AuditAsync(load.Accepted, ranEmpty: true);

        output.WriteLine($"{load.Accepted.Count} accepted, {load.Refused} not; {leader} was killed, 500 more were accepted {outage.TotalSeconds:0.0} s later");
        Assert.Empty(witness.Doubled);
        Assert.Equal((load.Accepted.Count, 0, 0), (audit.Stored, audit.Missing, audit.StoredTwice.Count));
    }
}
