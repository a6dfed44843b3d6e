using System.Globalization;
using RabbitDemo.Benchmarks.Jobs;
using RabbitDemo.Benchmarks.Measuring;
using RabbitDemo.Benchmarks.Report;
using RabbitDemo.Tests.Brokers;

namespace RabbitDemo.Benchmarks;

/// <summary>Runs every job with every candidate, the repetitions interleaved, on one private broker.</summary>
internal sealed class Comparison(string[] args)
{
    private readonly int repetitions = int.Parse(Option("--repetitions", args) ?? "5", CultureInfo.InvariantCulture);
    private readonly double scale = double.Parse(Option("--scale", args) ?? "1", CultureInfo.InvariantCulture);
    private readonly string[]? only = Option("--only", args)?.Split(',');
    private readonly Job[] jobs = [.. Job.All.Where(job => args.All(a => a.StartsWith("--", StringComparison.Ordinal)) || args.Contains(job.Name))];

    public async Task<int> RunAsync()
    {
        await using var node = new LocalNode();
        await node.StartAsync(CancellationToken.None);
        using var management = new ManagementApi(node.Management, LocalNode.User, LocalNode.Password);
        await management.KeepQueuesOnDiskAsync("/");
        var rows = new List<string>();
        foreach (var job in jobs)
            rows.Add(await RunAsync(only is null ? job : job with { Candidates = [.. job.Candidates.Intersect(only)] }, node.Amqp, management));

        Console.WriteLine(Machine.Describe(await management.VersionAsync()));
        Console.WriteLine();
        Console.WriteLine(Table.Head);
        Console.WriteLine(string.Join(Environment.NewLine, rows));
        return 0;
    }

    private async Task<string> RunAsync(Job job, Uri broker, ManagementApi management)
    {
        var measured = job.Candidates.ToDictionary(name => name, _ => new List<Measurement>());
        for (var repetition = 0; repetition < repetitions; repetition++)
        {
            foreach (var candidate in job.Candidates)
            {
                var one = await RunAsync(job, candidate, broker);
                await DeleteQueuesAsync(management);
                measured[candidate].Add(one);
                await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{job.Name} {candidate}: {one.Rate:N0}/s, {one.CpuMicroseconds:0} µs, {one.Bytes:N0} B, p50 {one.P50Milliseconds:0.00} ms"));
            }
        }

        return Table.Rows(job, measured);
    }

    private async Task<Measurement> RunAsync(Job job, string candidate, Uri broker)
    {
        var count = (long)(job.Count * scale);
        using var child = ChildProcess.Start(job.Name, candidate, broker, count);
        try
        {
            var measured = job.Name == "http" ? await FrontLoad.RunAsync(child, count) : await ChildProcess.ResultAsync(child);
            await child.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token);
            return measured;
        }
        finally
        {
            if (!child.HasExited)
                child.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Each repetition has a queue of its own: none pays for what another one left.</summary>
    private static async Task DeleteQueuesAsync(ManagementApi management)
    {
        foreach (var queue in await management.QueuesAsync("/"))
            await management.DeleteQueueAsync("/", queue);
    }

    private static string? Option(string name, string[] args) =>
        args.FirstOrDefault(a => a.StartsWith($"{name}=", StringComparison.Ordinal))?[(name.Length + 1)..];
}
