using RabbitDemo.Tests.Brokers;

namespace RabbitDemo.Tests.Chaos;

[Collection(ChaosCollection.Name)]
public sealed class CrashingMessageTests(ChaosSystem system)
{
    private const int Crashes = 5;
    private const string Killer = "mortal";

    [BrokerFact(BreaksIt = true)]
    public async Task BuriesAMessageThatKillsItsProcessFiveTimesAndGoesOn()
    {
        await system.AtRestAsync();
        await system.Consumer.SetFaultsAsync(new { crashTipos = new[] { Killer } });
        var killer = await Probe.SendAsync(system.Producer, Killer) ?? throw new InvalidOperationException("The event was not taken.");
        Accepted[] others = [.. (await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Probe.SendAsync(system.Producer, "registro")))).OfType<Accepted>()];
        for (var crash = 1; crash <= Crashes; crash++)
        {
            await system.EndedAsync("consumer");
            await system.LaunchAsync("consumer");
        }

        var letter = await Eventually.GetAsync("it is dead", TimeSpan.FromSeconds(15),
            async () => (await system.Consumer.DeadLettersAsync()).SingleOrDefault(l => l.MessageId == killer.MessageId), letter => letter is not null);
        await Eventually.GetAsync("the others are stored", TimeSpan.FromSeconds(10), async () =>
        {
            await system.Witness.ReadOnAsync();
            return system.Witness.Lost(others).Length;
        }, lost => lost == 0);
        await system.Consumer.SetFaultsAsync(new { });

        Assert.Equal(("crashed", Crashes, 50), (letter?.Reason, letter?.Attempts, others.Length));
        Assert.Empty(system.Witness.Doubled);
        Assert.Null(system.Witness.Find(killer.MessageId));
    }
}
