using RabbitDemo.Tests.Brokers;
using Xunit.Abstractions;

namespace RabbitDemo.Tests.Chaos;

/// <summary>
/// The promise, whatever dies in between. Each round takes what it breaks, and when, from its seed; <see cref="ChaosSettings"/> says
/// how to run more of them, or one again.
/// </summary>
[Collection(ChaosCollection.Name)]
[TestCaseOrderer("RabbitDemo.Tests.Chaos.RoundOrderer", "RabbitDemo.Tests")]
public sealed class RoundTests(ChaosSystem system, ITestOutputHelper output) : RoundsOf(system, output)
{
    public static TheoryData<int> Rounds() => ChaosSettings.Numbers(ChaosSettings.Rounds);

    [BrokerTheory(BreaksIt = true)]
    [MemberData(nameof(Rounds))]
    public Task StoresEachAcceptedEventExactlyOnce(int round) => RunAsync(round);
}

/// <summary>The same with the store in PostgreSQL, whose server is killed in every second round.</summary>
[Collection(PostgresChaosCollection.Name)]
[TestCaseOrderer("RabbitDemo.Tests.Chaos.RoundOrderer", "RabbitDemo.Tests")]
public sealed class PostgresRoundTests(PostgresChaosSystem system, ITestOutputHelper output) : RoundsOf(system, output)
{
    public static TheoryData<int> Rounds() => ChaosSettings.Numbers(ChaosSettings.PostgresRounds);

    [BrokerTheory(BreaksIt = true, NeedsPostgres = true)]
    [MemberData(nameof(Rounds))]
    public Task StoresEachAcceptedEventExactlyOnceInPostgres(int round) => RunAsync(round);
}

public abstract class RoundsOf(ChaosSystem system, ITestOutputHelper output)
{
    protected async Task RunAsync(int round)
    {
        var plan = RoundPlan.Of(ChaosSettings.Seed ?? ChaosSettings.Base + round, system.Faults);
        try
        {
            output.WriteLine(await new Round(system, plan).RunAsync());
        }
        catch (Exception e)
        {
            Assert.Fail($"""
                Round {round}, {plan} (again: CHAOS_SEED={plan.Seed})
                {e.Message}
                {await LogTailAsync("producer", 15)}
                {await LogTailAsync("consumer", 25)}
                """);
        }
    }

    private async Task<string> LogTailAsync(string service, int lines) =>
        string.Join('\n', (await system.LogAsync(service)).Where(line => !line.Contains("RabbitMQ.Client[", StringComparison.Ordinal)).TakeLast(lines).Select(line => $"  {service}| {line}"));
}
