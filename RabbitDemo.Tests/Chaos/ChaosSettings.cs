using System.Globalization;

namespace RabbitDemo.Tests.Chaos;

/// <summary>What the environment asks for. By default 12 rounds, one more than there are faults, from a seed that is new in each run.</summary>
internal static class ChaosSettings
{
    /// <summary><c>CHAOS_ROUNDS</c>: the number of the last round.</summary>
    public static int Rounds { get; } = Number("CHAOS_ROUNDS") ?? (Number("CHAOS_SEED") is null ? 12 : 1);

    /// <summary><c>CHAOS_POSTGRES_ROUNDS</c>: the same with PostgreSQL; by default 4.</summary>
    public static int PostgresRounds { get; } = Number("CHAOS_POSTGRES_ROUNDS") ?? (Number("CHAOS_SEED") is null ? 4 : 1);

    /// <summary><c>CHAOS_FROM</c>: the number of the first round, to go on where a long run stopped.</summary>
    public static int From { get; } = Number("CHAOS_FROM") ?? 1;

    /// <summary><c>CHAOS_SEED</c>: every round has the faults and moments of this seed; one round, unless <c>CHAOS_ROUNDS</c> asks for more.</summary>
    public static int? Seed { get; } = Number("CHAOS_SEED");

    /// <summary><c>CHAOS_BASE</c>: round <c>n</c> has seed <c>base + n</c>.</summary>
    public static int Base { get; } = Number("CHAOS_BASE") ?? Random.Shared.Next(1_000_000_000);

    /// <summary><c>CHAOS_QUEUES</c>: what the work queues are, <c>Classic</c> by default, or <c>Quorum</c>.</summary>
    public static string Queues { get; } = Environment.GetEnvironmentVariable("CHAOS_QUEUES") is { Length: > 0 } type ? type : "Classic";

    /// <summary><c>CHAOS_STORE_OUTAGE</c>: how many seconds the store is away in the test of a long outage.</summary>
    public static TimeSpan StoreOutage { get; } = TimeSpan.FromSeconds(Number("CHAOS_STORE_OUTAGE") ?? 15);

    /// <summary>Of the rounds to run, up to <paramref name="last"/>.</summary>
    public static TheoryData<int> Numbers(int last) => [.. Enumerable.Range(From, Math.Max(0, last - From + 1))];

    private static int? Number(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
