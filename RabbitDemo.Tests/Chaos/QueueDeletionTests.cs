using RabbitDemo.Tests.Brokers;
using Xunit.Abstractions;

namespace RabbitDemo.Tests.Chaos;

[Collection(ChaosCollection.Name)]
public sealed class QueueDeletionTests(ChaosSystem system, ITestOutputHelper output)
{
    private static readonly TimeSpan LoadEndsWithin = TimeSpan.FromSeconds(15);

    [BrokerFact(BreaksIt = true)]
    public async Task AccountsForEveryEventThatWentWithItsDeletedQueue()
    {
        await system.AtRestAsync();
        await system.Consumer.SetFaultsAsync(new { failTipos = new[] { Load.Failing }, delayMilliseconds = new Dictionary<string, int> { [ConsumerClient.Queue] = 10 } });
        await using var load = new Load(system.Producer, failing: 5, new Random(1));
        await Eventually.TrueAsync("the queue has a backlog", TimeSpan.FromSeconds(30), async () => (await system.Consumer.BooksAsync()).Broker?.Ready > 500);

        var deletedFrom = DateTimeOffset.UtcNow;
        await system.VirtualHost.DeleteQueueAsync(ConsumerClient.Queue);
        var deletedUntil = DateTimeOffset.UtcNow;
        await system.Consumer.SetFaultsAsync(new { });
        var (recovered, probe) = await Probe.RecoveredAsync(system);
        await load.StopAsync(LoadEndsWithin);
        Accepted[] accepted = [.. load.Accepted, probe];
        var books = await Eventually.GetAsync("nothing waits", TimeSpan.FromSeconds(45), system.Consumer.BooksAsync, books => books.RanEmpty);
        await system.Witness.ReadOnAsync();
        var audit = await system.Consumer.AuditAsync(accepted, ranEmpty: true);

        var lost = system.Witness.Lost(accepted);
        output.WriteLine($"{accepted.Length} accepted, {lost.Length} went with the queue; recovered in {recovered.TotalSeconds:0.0} s");
        Assert.NotEmpty(lost);
        Assert.InRange(books.DeletedAt[^1], deletedFrom, deletedUntil.AddSeconds(5));
        Assert.Equal((accepted.Length - lost.Length, lost.Length, 0), (audit.Stored, audit.Discarded, audit.Missing));
        Assert.Equal(lost.Select(a => a.MessageId).Order(StringComparer.Ordinal), audit.Events.Where(e => e.LostWithQueue).Select(e => e.MessageId).Order(StringComparer.Ordinal));
        Assert.All(lost, a => Assert.True(a.SentAt <= deletedUntil, $"{a.MessageId} was sent after the deletion, and is not stored."));
    }
}
