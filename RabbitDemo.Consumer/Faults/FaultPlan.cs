using System.Text.Json.Serialization;

namespace RabbitDemo.Consumer.Faults;

/// <summary>What goes wrong on purpose, in every replica of the service. The empty plan is none.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record FaultPlan
{
    public const int MostFailures = 1_000_000;
    public const int MostMilliseconds = 600_000;

    /// <summary>How long handling takes, in milliseconds, by queue; <c>*</c> for every other queue. Instead of the configured delay.</summary>
    public IReadOnlyDictionary<string, int>? DelayMilliseconds { get; init; }

    /// <summary>The handler throws for the next so many attempts, counted over all replicas.</summary>
    public int FailNext { get; init; }

    /// <summary>The handler throws for so many of a hundred attempts, drawn for each.</summary>
    public int FailPercent { get; init; }

    /// <summary>
    /// Most deliveries that each replica holds, by queue; <c>*</c> for every other queue. Instead of the configured prefetch. It does
    /// not change how many handlers run at a time.
    /// </summary>
    public IReadOnlyDictionary<string, int>? Prefetch { get; init; }

    /// <summary>The handler throws for events of these kinds.</summary>
    public IReadOnlyList<string>? FailTipos { get; init; }

    /// <summary>The handler does not return for events of these kinds, until its time limit.</summary>
    public IReadOnlyList<string>? HangTipos { get; init; }

    /// <summary>The process dies while it handles an event of these kinds.</summary>
    public IReadOnlyList<string>? CrashTipos { get; init; }

    /// <summary>The process dies after an event is stored and before it is acknowledged, so many times, counted over all replicas.</summary>
    public int CrashBeforeAcks { get; init; }

    public TimeSpan? DelayOf(string queue) =>
        DelayMilliseconds is not null && (DelayMilliseconds.TryGetValue(queue, out var delay) || DelayMilliseconds.TryGetValue("*", out delay))
            ? TimeSpan.FromMilliseconds(delay)
            : null;

    public int? PrefetchOf(string queue) =>
        Prefetch is not null && (Prefetch.TryGetValue(queue, out var prefetch) || Prefetch.TryGetValue("*", out prefetch)) ? prefetch : null;

    /// <summary>By member, what is wrong with it; empty when nothing is.</summary>
    public Dictionary<string, string[]> Problems()
    {
        var problems = new Dictionary<string, string[]>();
        Require(FailNext is >= 0 and <= MostFailures, "failNext", $"failNext must be between 0 and {MostFailures}.");
        Require(FailPercent is >= 0 and <= 100, "failPercent", "failPercent must be between 0 and 100.");
        Require(
            Prefetch?.Values.All(p => p is >= 1 and <= ushort.MaxValue) is not false,
            "prefetch",
            $"Each of prefetch must be between 1 and {ushort.MaxValue}.");
        Require(CrashBeforeAcks is >= 0 and <= MostFailures, "crashBeforeAcks", $"crashBeforeAcks must be between 0 and {MostFailures}.");
        Require(
            DelayMilliseconds?.Values.All(d => d is >= 0 and <= MostMilliseconds) is not false,
            "delayMilliseconds",
            $"Each of delayMilliseconds must be between 0 and {MostMilliseconds}.");
        return problems;

        void Require(bool holds, string member, string problem)
        {
            if (!holds)
            {
                problems.Add(member, [problem]);
            }
        }
    }
}
