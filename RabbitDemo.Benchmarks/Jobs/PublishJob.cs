using RabbitDemo.Benchmarks.Candidates;
using RabbitDemo.Benchmarks.Measuring;

namespace RabbitDemo.Benchmarks.Jobs;

/// <summary>256 callers, each of which publishes again as soon as its last event is confirmed.</summary>
internal static class PublishJob
{
    public const int Callers = 256;

    public static async Task<Measurement> RunAsync(ICandidate candidate, Uri broker, Load load)
    {
        await candidate.StartPublisherAsync();
        await FillAsync(candidate, load.WarmUp);
        await BrokerRest.EmptyAsync(broker, candidate.Queue);
        await Task.Delay(TimeSpan.FromSeconds(1));
        var clock = new Stopclock();
        await FillAsync(candidate, load.Count);
        var measured = clock.Stop(load.Count);
        await BrokerRest.EmptyAsync(broker, candidate.Queue);
        return measured;
    }

    public static Task FillAsync(ICandidate candidate, long count)
    {
        var next = 0L;
        return Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
        {
            while (Interlocked.Increment(ref next) is var id && id <= count)
                await candidate.PublishAsync(id);
        }));
    }
}
