using System.Globalization;

namespace RabbitDemo.Tests.Chaos;

/// <summary>What happens in a round, and when: all of it follows from the seed.</summary>
internal sealed record RoundPlan(int Seed, IReadOnlyList<PlannedFault> Faults, TimeSpan FailuresEnd, int FailingPercent)
{
    /// <summary>Consecutive seeds begin with consecutive faults, so that as many rounds as there are faults meet each of them.</summary>
    public static RoundPlan Of(int seed, IReadOnlyList<Fault> all)
    {
        var random = new Random(seed);
        var first = all[seed % all.Count];
        List<PlannedFault> faults = [new(first, Between(random, 0.5, 3), random.Next())];
        if (random.Next(3) == 0)
        {
            Fault[] others = [.. all.Where(f => f.Breaks != first.Breaks)];
            faults.Add(new(others[random.Next(others.Length)], faults[0].At + Between(random, 0, 2), random.Next()));
        }

        // An event that fails until then has failed twice at most: its third attempt comes 6 s after the first.
        return new(seed, faults, Between(random, 2, 4.5), random.Next(2, 8));
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"seed {Seed}: {string.Join(", ", Faults)}; {FailingPercent} % fail until {FailuresEnd.TotalSeconds:0.0} s");

    private static TimeSpan Between(Random random, double fromSeconds, double toSeconds) =>
        TimeSpan.FromSeconds(fromSeconds + (random.NextDouble() * (toSeconds - fromSeconds)));
}

/// <param name="Fault">What breaks.</param>
/// <param name="At">How long after the beginning of the load.</param>
/// <param name="Seed">For what the fault itself leaves to chance.</param>
internal sealed record PlannedFault(Fault Fault, TimeSpan At, int Seed)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Fault.Name} at {At.TotalSeconds:0.0} s");
}
