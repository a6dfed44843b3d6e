using System.Diagnostics;
using System.Globalization;

namespace RabbitDemo.Tests.Chaos;

/// <summary>A load, faults in the middle of it, and the account afterwards.</summary>
internal sealed class Round(ChaosSystem system, RoundPlan plan)
{
    private static readonly TimeSpan LoadLasts = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LoadEndsWithin = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan AtRestWithin = TimeSpan.FromSeconds(45);

    private readonly Stopwatch clock = Stopwatch.StartNew();

    /// <returns>One line for people.</returns>
    public async Task<string> RunAsync()
    {
        var before = await system.AtRestAsync();
        var (seenBefore, doubledBefore, processes) = (system.Witness.Count, system.Witness.Doubled.Count, system.ProcessIds());
        await system.Consumer.SetFaultsAsync(new { failTipos = new[] { Load.Failing } });

        var written = await LogLengthsAsync();

        clock.Restart();
        await using var load = new Load(system.Producer, plan.FailingPercent, new Random(plan.Seed));
        var failures = EndFailuresAsync();
        await Task.WhenAll(plan.Faults.Select(BreakAsync));
        var faultsEnded = clock.Elapsed;
        var (recovered, probe) = await Probe.RecoveredAsync(system);
        await failures;
        await UntilAsync(LoadLasts);
        await load.StopAsync(LoadEndsWithin);
        var loadEnded = clock.Elapsed;
        Accepted[] accepted = [.. load.Accepted, probe];
        await AtRestAsync(accepted, before);

        await AccountAsync(accepted, before, seenBefore, doubledBefore);
        AssertOnlyTheKilledWereStarted(processes);
        await AssertTheFaultHitAsync(written);
        return string.Create(CultureInfo.InvariantCulture,
            $"{plan}: {accepted.Length} accepted, {load.Refused} not, faults over at {faultsEnded.TotalSeconds:0.0} s, recovered in {recovered.TotalSeconds:0.0} s, at rest {(clock.Elapsed - loadEnded).TotalSeconds:0.0} s after the load, {clock.Elapsed.TotalSeconds:0.0} s in all");
    }

    private async Task BreakAsync(PlannedFault planned)
    {
        await UntilAsync(planned.At);
        await planned.Fault.RunAsync(system, new Random(planned.Seed));
    }

    private async Task EndFailuresAsync()
    {
        await UntilAsync(plan.FailuresEnd);
        await Eventually.TrueAsync("the consumer takes the end of the failures", TimeSpan.FromSeconds(30), async () =>
        {
            await system.Consumer.SetFaultsAsync(new { });
            return true;
        });
    }

    private async Task UntilAsync(TimeSpan moment)
    {
        if (moment - clock.Elapsed is { Ticks: > 0 } left)
            await Task.Delay(left);
    }

    private async Task AtRestAsync(Accepted[] accepted, Books before) => await Eventually.GetAsync(
        "every accepted event is stored, nothing waits, all services are ready", AtRestWithin,
        async () =>
        {
            await system.Witness.ReadOnAsync();
            var lost = system.Witness.Lost(accepted);
            var books = await system.Consumer.BooksAsync();
            var notReady = await system.NotReadyAsync();
            return lost.Length == 0 && books.RanEmpty && books.Attempted == before.Attempted && notReady.Length == 0
                ? ""
                : $"{lost.Length} not stored ({string.Join(", ", lost.Take(10).Select(a => a.MessageId))}), {books}, {string.Join("; ", notReady)}";
        },
        problem => problem.Length == 0);

    private async Task AccountAsync(Accepted[] accepted, Books before, int seenBefore, int doubledBefore)
    {
        var books = await system.Consumer.BooksAsync();
        await system.Witness.ReadOnAsync();
        var audit = await system.Consumer.AuditAsync(accepted, ranEmpty: true);

        Assert.Empty(system.Witness.Doubled.Skip(doubledBefore));
        Assert.Equal(accepted.Length, accepted.DistinctBy(a => a.MessageId).Count());
        Assert.Equal((accepted.Length, 0, 0), (audit.Stored, audit.Missing, audit.StoredTwice.Count));
        Assert.Equal((system.Witness.Count - seenBefore, before.Dead), (books.Stored - before.Stored, books.Dead));
    }

    private void AssertOnlyTheKilledWereStarted(Dictionary<string, int> before)
    {
        var now = system.ProcessIds();
        var started = before.Keys.Where(name => before[name] != now[name]);
        var killed = plan.Faults.Select(f => f.Fault.Breaks).Where(b => b is Breaks.Producer or Breaks.Consumer);

        Assert.Equal(killed.Select(b => b == Breaks.Producer ? "producer" : "consumer").Order(StringComparer.Ordinal), started.Order(StringComparer.Ordinal));
    }

    private async Task<int[]> LogLengthsAsync() => [(await system.LogAsync("producer")).Count, (await system.LogAsync("consumer")).Count];

    /// <summary>A round that broke nothing proves nothing. Of two at once, one may hide the other.</summary>
    private async Task AssertTheFaultHitAsync(int[] written)
    {
        if (plan.Faults is not [{ Fault.Trace: { } trace }])
            return;

        string[] since = [.. (await system.LogAsync("producer")).Skip(written[0]), .. (await system.LogAsync("consumer")).Skip(written[1])];
        Assert.Contains(since, line => line.Contains(trace, StringComparison.Ordinal));
    }
}
