using RabbitDemo.Benchmarks.Candidates;
using RabbitDemo.Benchmarks.Measuring;

namespace RabbitDemo.Benchmarks.Jobs;

/// <summary>A row of the table: what is done, how often, by whom, and what the ratios must be.</summary>
/// <param name="Name">On the command line.</param>
/// <param name="Title">In the table.</param>
/// <param name="Limit">What bounds it.</param>
/// <param name="Count">Messages in a repetition that are measured.</param>
/// <param name="Candidates">Who does it, ours first.</param>
/// <param name="RunAsync">Inside the candidate's process.</param>
internal sealed record Job(
    string Name, string Title, string Limit, long Count, string[] Candidates, Func<ICandidate, Uri, Load, Task<Measurement>> RunAsync)
{
    /// <summary>Messages before them, which are not measured.</summary>
    public long WarmUp { get; init; } = Load.Compiled;

    private static readonly string[] All4 = ["ours", "raw", "masstransit", "wolverine"];

    public static readonly IReadOnlyList<Job> All =
    [
        new("publish", "publish confirmed, 256 in flight", "the broker", 40_000, ["ours", "raw", "raw-tracked", "masstransit", "wolverine"], PublishJob.RunAsync),
        new("consume", "consume with ack, prefetch 100", "the broker's queue", 40_000, [.. All4, "raw-trailing"], (candidate, broker, load) => ConsumeJob.RunAsync(candidate, broker, load, 100)),
        new("store", "consume into SQLite, exactly once, prefetch 500", "CPU and the store's commits", 40_000, ["ours-stored"], (candidate, broker, load) => ConsumeJob.RunAsync(candidate, broker, load, 500)) { WarmUp = Load.CompiledWithStore },
        new("http", "`POST /send`, 64 connections", "CPU, shared with the load and the broker", 40_000, [.. All4, "raw-tracked"], FrontJob.RunAsync),
        new("latency", "publish to handler at 500/s", "the broker's round trips", 5_000, All4, LatencyJob.RunAsync)
    ];

    public static ICandidate Candidate(string name, Uri broker) => name switch
    {
        "ours" => new Ours(broker),
        "ours-stored" => new OursStored(broker),
        "raw" => new Raw(broker),
        "raw-tracked" => new RawTracked(broker),
        "raw-trailing" => new RawTrailing(broker),
        "masstransit" => new MassTransitCandidate(broker),
        "wolverine" => new WolverineCandidate(broker),
        _ => throw new ArgumentException($"There is no candidate {name}.")
    };
}
