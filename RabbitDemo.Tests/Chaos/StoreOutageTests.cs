using RabbitDemo.Tests.Brokers;
using Xunit.Abstractions;

namespace RabbitDemo.Tests.Chaos;

[Collection(ChaosCollection.Name)]
public sealed class StoreOutageTests(ChaosSystem system, ITestOutputHelper output)
{
    [BrokerFact(BreaksIt = true)]
    public async Task SpendsNoAttemptWhileTheStoreIsAway()
    {
        var before = await system.AtRestAsync();
        await using var load = new Load(system.Producer, failing: 0, new Random(1));

        await using (await system.LockStoreAsync())
        {
            var outage = Task.Delay(ChaosSettings.StoreOutage);
            await Eventually.TrueAsync("the consumer says that it cannot", TimeSpan.FromSeconds(10), async () => (await system.NotReadyAsync("consumer")).Length == 1);
            var acceptedBefore = load.Accepted.Count;
            await Eventually.TrueAsync("100 more are accepted without the store", TimeSpan.FromSeconds(10), () => Task.FromResult(load.Accepted.Count >= acceptedBefore + 100));
            await load.StopAsync(TimeSpan.FromSeconds(15));
            await outage;
        }

        var (recovered, probe) = await Probe.RecoveredAsync(system);
        Accepted[] accepted = [.. load.Accepted, probe];
        await Eventually.GetAsync("every accepted event is stored", TimeSpan.FromSeconds(30), async () =>
        {
            await system.Witness.ReadOnAsync();
            return system.Witness.Lost(accepted).Length;
        }, lost => lost == 0);
        var books = await system.Consumer.BooksAsync();

        output.WriteLine($"{accepted.Length} accepted around an outage of {ChaosSettings.StoreOutage.TotalSeconds} s; recovered in {recovered.TotalSeconds:0.0} s");
        Assert.All(accepted, a => Assert.Equal(1, system.Witness.Find(a.MessageId)?.Attempts));
        Assert.Equal(before.Dead, books.Dead);
        Assert.Empty(system.Witness.Doubled);
    }
}
