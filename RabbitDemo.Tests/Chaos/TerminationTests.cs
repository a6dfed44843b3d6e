using System.Diagnostics;
using RabbitDemo.Tests.Brokers;
using Xunit.Abstractions;

namespace RabbitDemo.Tests.Chaos;

[Collection(ChaosCollection.Name)]
public sealed class TerminationTests(ChaosSystem system, ITestOutputHelper output)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(6); // what Aspire's orchestrator waits before it kills

    [BrokerTheory(BreaksIt = true)]
    [InlineData("consumer")]
    [InlineData("producer")]
    public async Task EndsInItsDeadlineAndLosesNothing(string service)
    {
        await system.AtRestAsync();
        var duplicatesBefore = service == "consumer" ? 0 : await DuplicatesAsync(); // a process counts from 0, and others' rounds may have had some
        await system.Consumer.SetFaultsAsync(new { delayMilliseconds = new Dictionary<string, int> { [ConsumerClient.Queue] = 2 } });
        await using var load = new Load(system.Producer, failing: 0, new Random(1));
        await Eventually.TrueAsync("events are taken", TimeSpan.FromSeconds(10), () => Task.FromResult(load.Accepted.Count > 200));

        var clock = Stopwatch.StartNew();
        var exitCode = await system.StopAsync(service);
        var took = clock.Elapsed;
        await system.StartAsync(service);
        await Eventually.TrueAsync("the consumer hurries again", Probe.RecoversWithin, async () =>
        {
            await system.Consumer.SetFaultsAsync(new { });
            return true;
        });
        var (recovered, probe) = await Probe.RecoveredAsync(system);
        await load.StopAsync(TimeSpan.FromSeconds(15));
        Accepted[] accepted = [.. load.Accepted, probe];
        await Eventually.GetAsync("every accepted event is stored", TimeSpan.FromSeconds(45), async () =>
        {
            await system.Witness.ReadOnAsync();
            return system.Witness.Lost(accepted).Length;
        }, lost => lost == 0);

        // An orderly end leaves nothing stored and unacknowledged behind: such a one would come again.
        output.WriteLine($"{service} ended in {took.TotalSeconds:0.0} s with exit code {exitCode}; {accepted.Length} accepted; recovered in {recovered.TotalSeconds:0.0} s");
        Assert.Equal(0, exitCode);
        Assert.InRange(took, TimeSpan.Zero, Deadline);
        Assert.Equal(duplicatesBefore, await DuplicatesAsync());
        Assert.Empty(system.Witness.Doubled);
    }

    private async Task<long> DuplicatesAsync() => (await system.Consumer.LedgerAsync()).Process.Deliveries.Duplicates;
}
