using System.Diagnostics;
using System.Net;
using System.Text.Json;
using RabbitDemo.Benchmarks.Candidates;
using RabbitDemo.Benchmarks.Measuring;

namespace RabbitDemo.Benchmarks.Jobs;

/// <summary>64 connections that post events to a front, one after the other on each.</summary>
internal static class FrontLoad
{
    private const int Connections = 64;
    private const int Round = 20_000;

    /// <summary>It compiles for no more of the time than this.</summary>
    private const double SettledPart = 0.01;

    private static readonly TimeSpan SettlesWithin = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(10);
    private static readonly byte[] Body = JsonSerializer.SerializeToUtf8Bytes(BenchEvent.Of(10_000_000), JsonSerializerOptions.Web);

    public static async Task<Measurement> RunAsync(Process process, Load load)
    {
        var front = new FrontProcess(process);
        var connections = await OpenAsync(await front.AddressAsync());
        try
        {
            await WhenReadyAsync(connections[0]);
            await PostAsync(connections, load.WarmUp);
            if (load.Settles)
                await SettleAsync(front, connections);

            await front.MarkAsync();
            var began = Stopwatch.GetTimestamp();
            var latencies = await PostAsync(connections, load.Count);
            var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
            await front.MarkAsync();
            var measured = await ChildProcess.ResultAsync(process);
            return measured with { Seconds = seconds, P50Milliseconds = Stopclock.Percentile(latencies, 0.5), P99Milliseconds = Stopclock.Percentile(latencies, 0.99) };
        }
        finally
        {
            foreach (var connection in connections)
                connection.Dispose();
        }
    }

    private static async Task<FrontConnection[]> OpenAsync(Uri address)
    {
        var connections = Enumerable.Range(0, Connections).Select(_ => new FrontConnection(address, Body)).ToArray();
        foreach (var connection in connections)
            await connection.OpenAsync();

        return connections;
    }

    /// <summary>Ours listens before it has its broker.</summary>
    private static async Task WhenReadyAsync(FrontConnection connection)
    {
        var began = Stopwatch.GetTimestamp();
        while (await connection.PostAsync() is var status && status != HttpStatusCode.Accepted)
        {
            if (Stopwatch.GetElapsedTime(began) > StartsWithin)
                throw new InvalidOperationException($"The front answers {(int)status}.");

            await Task.Delay(50);
        }
    }

    /// <summary>
    /// The runtime compiles for seconds, whatever number of requests that is: a fixed number before those that are measured would
    /// have the quickest front measured while it still does.
    /// </summary>
    private static async Task SettleAsync(FrontProcess front, FrontConnection[] connections)
    {
        var compiled = await front.CompiledAsync();
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < SettlesWithin;)
        {
            var since = Stopwatch.GetTimestamp();
            await PostAsync(connections, Round);
            var (elapsed, before) = (Stopwatch.GetElapsedTime(since), compiled);
            compiled = await front.CompiledAsync();
            if (compiled - before < elapsed * SettledPart)
                return;
        }

        throw new InvalidOperationException($"The front's runtime still compiles after {SettlesWithin.TotalSeconds:0} s.");
    }

    /// <summary>The sorted latencies, in milliseconds.</summary>
    private static async Task<double[]> PostAsync(FrontConnection[] connections, long count)
    {
        var latencies = new double[count];
        var next = -1L;
        await Task.WhenAll(connections.Select(connection => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var number && number < count)
            {
                var began = Stopwatch.GetTimestamp();
                if (await connection.PostAsync() is var status && status != HttpStatusCode.Accepted)
                    throw new InvalidOperationException($"The front answered {(int)status}.");

                latencies[number] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            }
        })));
        Array.Sort(latencies);
        return latencies;
    }
}
