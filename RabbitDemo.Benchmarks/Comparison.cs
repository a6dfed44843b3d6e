using System.Globalization;
using System.Numerics;
using RabbitDemo.Benchmarks.Jobs;
using RabbitDemo.Benchmarks.Measuring;
using RabbitDemo.Benchmarks.Report;
using RabbitDemo.Tests.Brokers;
using RabbitMQ.Client;

namespace RabbitDemo.Benchmarks;

/// <summary>Runs every job with every candidate, the repetitions interleaved, on one broker: a private one, if none is named.</summary>
internal sealed class Comparison(string[] args)
{
    /// <summary>
    /// The Erlang VM keeps the first 512 MB that it maps. By default it gives each large heap back to the system and asks for it again,
    /// and where that is slow, as on some virtual machines, it is half of what the broker does (docs/benchmarks.md).
    /// </summary>
    private const string KeepsItsMemory = "+MMscs 512 +MMsco false";

    private readonly int repetitions = Number("--repetitions", args, 5);
    private readonly double scale = Number("--scale", args, 1.0);
    private readonly long? warmUp = Option("--warm-up", args) is null ? null : Number("--warm-up", args, 0L);
    private readonly string[]? only = Option("--only", args)?.Split(',');
    private readonly Uri? broker = Address("--broker", args, "amqp", "amqps");
    private readonly Uri? management = Address("--management", args, "http", "https");
    private readonly Job[] jobs = [.. Job.All.Where(job => args.All(a => a.StartsWith("--", StringComparison.Ordinal)) || args.Contains(job.Name))];

    public async Task<int> RunAsync()
    {
        if (broker is not null || management is not null)
            return await RunOnTheirsAsync();

        await using var node = new LocalNode { RuntimeArguments = KeepsItsMemory };
        await node.StartAsync(CancellationToken.None);
        using var own = new ManagementApi(node.Management, LocalNode.User, LocalNode.Password);
        await own.KeepQueuesOnDiskAsync("/");
        return await RunAsync(node.Amqp, own);
    }

    /// <summary>Only on one without queues: each repetition deletes what it finds.</summary>
    private async Task<int> RunOnTheirsAsync()
    {
        if (broker is null || management is null)
        {
            await Console.Error.WriteLineAsync("--broker and --management go together: the one names the AMQP address, the other the HTTP address of the same broker.");
            return 2;
        }

        var login = new ConnectionFactory { Uri = broker };
        using var theirs = new ManagementApi(management, login.UserName, login.Password);
        string[] queues;
        try
        {
            queues = await theirs.QueuesAsync("/");
        }
        catch (HttpRequestException e)
        {
            await Console.Error.WriteLineAsync($"--management={management}: {e.Message}");
            return 2;
        }

        if (queues.Length > 0)
        {
            await Console.Error.WriteLineAsync($"The broker has queues already ({string.Join(", ", queues.Take(3))}): name one of which nothing can be lost.");
            return 2;
        }

        return await RunAsync(broker, theirs);
    }

    private async Task<int> RunAsync(Uri amqp, ManagementApi api)
    {
        var rows = new List<string>();
        foreach (var job in jobs)
            rows.Add(await RunAsync(only is null ? job : job with { Candidates = [.. job.Candidates.Intersect(only)] }, amqp, api));

        Console.WriteLine(Machine.Describe(await api.VersionAsync()));
        Console.WriteLine();
        Console.WriteLine(Table.Head);
        Console.WriteLine(string.Join(Environment.NewLine, rows));
        return 0;
    }

    private async Task<string> RunAsync(Job job, Uri amqp, ManagementApi api)
    {
        var measured = job.Candidates.ToDictionary(name => name, _ => new List<Measurement>());
        for (var repetition = 0; repetition < repetitions; repetition++)
        {
            foreach (var candidate in job.Candidates)
            {
                var one = await RunAsync(job, candidate, amqp);
                await DeleteQueuesAsync(api);
                measured[candidate].Add(one);
                await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{job.Name} {candidate}: {one.Rate:N0}/s, {one.CpuMicroseconds:0} µs, {one.Bytes:N0} B, p50 {one.P50Milliseconds:0.00} ms"));
            }
        }

        return Table.Rows(job, measured);
    }

    private async Task<Measurement> RunAsync(Job job, string candidate, Uri amqp)
    {
        var load = new Load((long)(job.Count * scale), warmUp ?? job.WarmUp, Settles: warmUp is null);
        using var child = ChildProcess.Start(job.Name, candidate, amqp, load);
        try
        {
            var measured = job.Name == "http" ? await FrontLoad.RunAsync(child, load) : await ChildProcess.ResultAsync(child);
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
    private static async Task DeleteQueuesAsync(ManagementApi api)
    {
        foreach (var queue in await api.QueuesAsync("/"))
            await api.DeleteQueueAsync("/", queue);
    }

    private static Uri? Address(string name, string[] args, params string[] schemes) =>
        Option(name, args) is not { } given ? null
        : Uri.TryCreate(given, UriKind.Absolute, out var address) && schemes.Contains(address.Scheme) ? address
        : throw new OptionException($"{name} must be an absolute address of {string.Join(" or ", schemes)}.");

    private static T Number<T>(string name, string[] args, T otherwise)
        where T : INumber<T> =>
        Option(name, args) is not { } given ? otherwise
        : T.TryParse(given, CultureInfo.InvariantCulture, out var number) && number > T.Zero ? number
        : throw new OptionException($"{name}={given} is not a number above 0.");

    private static string? Option(string name, string[] args) =>
        args.FirstOrDefault(a => a.StartsWith($"{name}=", StringComparison.Ordinal))?[(name.Length + 1)..];
}
