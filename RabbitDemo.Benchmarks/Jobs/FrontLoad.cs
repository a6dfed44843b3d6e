using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using RabbitDemo.Benchmarks.Candidates;
using RabbitDemo.Benchmarks.Measuring;

namespace RabbitDemo.Benchmarks.Jobs;

/// <summary>64 connections that post events to a front, one after the other on each.</summary>
internal static class FrontLoad
{
    private const int Connections = 64;
    private static readonly byte[] Body = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(BenchEvent.Of(10_000_000), JsonSerializerOptions.Web));

    public static async Task<Measurement> RunAsync(Process front, long count)
    {
        var address = "";
        while (address.Length == 0)
        {
            var line = await front.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The front did not start.");
            address = line.StartsWith(FrontJob.Listening, StringComparison.Ordinal) ? $"{line[FrontJob.Listening.Length..]}/send" : "";
        }

        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Connections, ActivityHeadersPropagator = null });
        await PostAsync(http, address, 3_000);
        await front.StandardInput.WriteLineAsync();
        await front.StandardInput.FlushAsync();
        var began = Stopwatch.GetTimestamp();
        var latencies = await PostAsync(http, address, count);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        await front.StandardInput.WriteLineAsync();
        await front.StandardInput.FlushAsync();
        var measured = await ChildProcess.ResultAsync(front);
        return measured with { Seconds = seconds, P50Milliseconds = Stopclock.Percentile(latencies, 0.5), P99Milliseconds = Stopclock.Percentile(latencies, 0.99) };
    }

    private static async Task<double[]> PostAsync(HttpClient http, string address, long count)
    {
        var next = 0L;
        var latencies = new ConcurrentQueue<double>();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async _ =>
        {
            while (Interlocked.Increment(ref next) <= count)
            {
                var began = Stopwatch.GetTimestamp();
                using var content = new ByteArrayContent(Body) { Headers = { ContentType = new("application/json") } };
                using var response = await PostWhenReadyAsync(http, address, content);
                latencies.Enqueue(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }
        }));
        double[] sorted = [.. latencies];
        Array.Sort(sorted);
        return sorted;
    }

    private static async Task<HttpResponseMessage> PostWhenReadyAsync(HttpClient http, string address, ByteArrayContent content)
    {
        for (var tries = 0; ; tries++)
        {
            var response = await http.PostAsync(address, content);
            if (response.StatusCode == HttpStatusCode.Accepted)
                return response;

            if (tries == 100)
                throw new InvalidOperationException($"{(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");

            response.Dispose();
            await Task.Delay(50);
        }
    }
}
