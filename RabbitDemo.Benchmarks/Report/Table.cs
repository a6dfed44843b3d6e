using System.Globalization;
using System.Text;
using RabbitDemo.Benchmarks.Jobs;
using RabbitDemo.Benchmarks.Measuring;

namespace RabbitDemo.Benchmarks.Report;

/// <summary>The table in Markdown: medians over the repetitions, and the spread of the rate.</summary>
internal static class Table
{
    public const string Head = """
        | job | who | per second (lowest–highest) | ours is × | client CPU µs | allocated B | p50 ms | p99 ms | bounded by |
        | --- | --- | --- | --- | --- | --- | --- | --- | --- |
        """;

    public static string Rows(Job job, IReadOnlyDictionary<string, List<Measurement>> measured)
    {
        var rows = new StringBuilder();
        var ours = Median(measured[job.Candidates[0]], m => m.Rate);
        foreach (var candidate in job.Candidates)
        {
            var runs = measured[candidate];
            var rate = Median(runs, m => m.Rate);
            rows.AppendLine(CultureInfo.InvariantCulture,
                $"| {job.Title} | {candidate} | {rate:N0} ({runs.Min(m => m.Rate):N0}–{runs.Max(m => m.Rate):N0}) | {(candidate == job.Candidates[0] ? "" : $"{ours / rate:0.00}")} | {Median(runs, m => m.CpuMicroseconds):0} | {Median(runs, m => m.Bytes):N0} | {Latency(runs, m => m.P50Milliseconds)} | {Latency(runs, m => m.P99Milliseconds)} | {job.Limit} |");
        }

        return rows.ToString().TrimEnd();
    }

    private static string Latency(List<Measurement> runs, Func<Measurement, double> of) =>
        Median(runs, of) is > 0 and var value ? value.ToString("0.00", CultureInfo.InvariantCulture) : "";

    private static double Median(List<Measurement> runs, Func<Measurement, double> of)
    {
        var sorted = runs.Select(of).Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
