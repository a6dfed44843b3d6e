using RabbitDemo.Messaging;
using RabbitDemo.Tests.Brokers;
using RabbitDemo.Tests.Engine;
using Xunit.Abstractions;

namespace RabbitDemo.Tests.Chaos;

/// <summary>
/// A channel looks up a quorum queue's leader at its first publish. When that leader has just died and no other is known yet,
/// RabbitMQ 3.10 refuses that publish, and every later one on the same channel, until the dead node is back.
/// </summary>
[Collection(ClusterCollection.Name)]
public sealed class StaleLeaderTests(LocalCluster cluster, ITestOutputHelper output) : IClassFixture<LocalCluster>
{
    private static readonly KeyValuePair<string, string?> Quorum = new("RabbitDemo:Queues:Type", "Quorum");

    [BrokerFact(BreaksIt = true)]
    public async Task PublishesAgainAfterAChannelThatKnowsOnlyTheDeadLeader()
    {
        var (ours, leader, third) = (cluster.Nodes[0], cluster.Nodes[1], cluster.Nodes[2]);
        await using (await EngineHost.StartAsync(leader.Amqp, (_, _) => Task.CompletedTask, Quorum))
        {
            // A queue's first leader is on the node that it was declared on.
        }

        await using var engine = await EngineHost.StartAsync(ours.Amqp, (_, _) => Task.CompletedTask, Quorum);
        third.Suspend(); // one of three elects nobody
        await leader.KillAsync(CancellationToken.None);
        var early = await engine.PublishAsync("too early");
        third.Resume();
        Assert.NotEqual(PublishStatus.Confirmed, early.Status);

        var sent = 0;
        await Eventually.GetAsync("a publish is confirmed", TimeSpan.FromSeconds(30),
            () => engine.PublishAsync($"again-{++sent}"), outcome => outcome.Status == PublishStatus.Confirmed);
        await engine.WhenStoredAsync($"again-{sent}");
        output.WriteLine($"too early: {early.Reason}; {sent - 1} more were not confirmed; reconnects: {engine.Reconnects}");

        await leader.StartAsync(CancellationToken.None);
        await cluster.WhenCompleteAsync();
    }
}
