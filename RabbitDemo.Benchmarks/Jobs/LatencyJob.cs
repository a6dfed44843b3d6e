using System.Collections.Concurrent;
using System.Diagnostics;
using RabbitDemo.Benchmarks.Candidates;
using RabbitDemo.Benchmarks.Measuring;

namespace RabbitDemo.Benchmarks.Jobs;

/// <summary>500 events a second, at even intervals: from the call that publishes an event to the call of its handler.</summary>
internal static class LatencyJob
{
    private const int PerSecond = 500;

    public static async Task<Measurement> RunAsync(ICandidate candidate, Uri broker, Load load)
    {
        await candidate.StartPublisherAsync();
        await candidate.PublishAsync(0); // some declare their queue with the first message
        await BrokerRest.EmptyAsync(broker, candidate.Queue);
        var sent = new ConcurrentDictionary<long, long>();
        var latencies = new ConcurrentQueue<double>();
        var handled = 0L;
        await candidate.StartConsumerAsync(100, id =>
        {
            Interlocked.Increment(ref handled);
            if (sent.TryGetValue(id, out var at))
                latencies.Enqueue(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
        });

        await PublishJob.FillAsync(candidate, load.WarmUp);
        await ReachedAsync(() => Interlocked.Read(ref handled), load.WarmUp);
        await SendAsync(candidate, 1_000_000, PerSecond * 2, sent);
        await ReachedAsync(() => latencies.Count, PerSecond * 2);
        latencies.Clear();
        var clock = new Stopclock();
        await SendAsync(candidate, 0, load.Count, sent);
        await ReachedAsync(() => latencies.Count, load.Count);
        return clock.Stop(load.Count, [.. latencies]);
    }

    /// <summary>
    /// From a thread of its own, with sleeps of a millisecond: <c>Task.Delay</c> ends only with the next tick of a coarse clock,
    /// 4 ms on many a Linux machine, and two events would go out at once, and none for 4 ms.
    /// </summary>
    private static Task SendAsync(ICandidate candidate, long from, long count, ConcurrentDictionary<long, long> sent) => Task.Factory.StartNew(() =>
    {
        var began = Stopwatch.GetTimestamp();
        var publishing = new List<Task>();
        for (var i = 1L; i <= count; i++)
        {
            while (Stopwatch.GetElapsedTime(began).TotalSeconds < i / (double)PerSecond)
                Thread.Sleep(1);

            sent[from + i] = Stopwatch.GetTimestamp();
            publishing.Add(candidate.PublishAsync(from + i));
        }

        return Task.WhenAll(publishing);
    }, TaskCreationOptions.LongRunning).Unwrap();

    private static async Task ReachedAsync(Func<long> reading, long count)
    {
        while (reading() < count)
            await Task.Delay(20);
    }
}
