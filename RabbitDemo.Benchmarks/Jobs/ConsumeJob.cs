using RabbitDemo.Benchmarks.Candidates;
using RabbitDemo.Benchmarks.Measuring;

namespace RabbitDemo.Benchmarks.Jobs;

/// <summary>Empties a queue that was filled before, after a pause; measured from the first event to the last.</summary>
internal static class ConsumeJob
{
    public static async Task<Measurement> RunAsync(ICandidate candidate, Uri broker, Load load, int prefetch)
    {
        await candidate.StartPublisherAsync();
        await candidate.PublishAsync(0); // some declare their queue with the first message
        await BrokerRest.EmptyAsync(broker, candidate.Queue);
        await PublishJob.FillAsync(candidate, load.All);
        await BrokerRest.AfterFillingAsync(broker, candidate.Queue, load.All);

        Stopclock? clock = null;
        var handled = 0L;
        var done = new TaskCompletionSource<Measurement>(TaskCreationOptions.RunContinuationsAsynchronously);
        await candidate.StartConsumerAsync(prefetch, _ =>
        {
            var number = Interlocked.Increment(ref handled);
            if (number == load.WarmUp)
                clock = new();
            else if (number == load.All)
                done.SetResult(clock?.Stop(load.Count) ?? throw new InvalidOperationException("The clock has not been started."));
        });
        return await done.Task.WaitAsync(TimeSpan.FromMinutes(5));
    }
}
