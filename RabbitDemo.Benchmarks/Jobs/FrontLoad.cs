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
    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(10);
    private static readonly byte[] Body = JsonSerializer.SerializeToUtf8Bytes(BenchEvent.Of(10_000_000), JsonSerializerOptions.Web);

    public static async Task<Measurement> RunAsync(Process front, Load load)
    {
        var connections = await OpenAsync(await AddressAsync(front));
        try
        {
            await WhenReadyAsync(connections[0]);
            await PostAsync(connections, load.WarmUp);
            await TellAsync(front);
            var began = Stopwatch.GetTimestamp();
            var latencies = await PostAsync(connections, load.Count);
            var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
            await TellAsync(front);
            var measured = await ChildProcess.ResultAsync(front);
            return measured with { Seconds = seconds, P50Milliseconds = Stopclock.Percentile(latencies, 0.5), P99Milliseconds = Stopclock.Percentile(latencies, 0.99) };
        }
        finally
        {
            foreach (var connection in connections)
                connection.Dispose();
        }
    }

    private static async Task<Uri> AddressAsync(Process front)
    {
        while (await front.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith(FrontJob.Listening, StringComparison.Ordinal))
                return new($"{line[FrontJob.Listening.Length..]}/send");
        }

        throw new InvalidOperationException("The front did not start.");
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

    private static async Task TellAsync(Process front)
    {
        await front.StandardInput.WriteLineAsync();
        await front.StandardInput.FlushAsync();
    }
}
