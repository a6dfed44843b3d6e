using Microsoft.Extensions.Options;
using RabbitDemo.Messaging;

namespace RabbitDemo.Consumer.Faults;

/// <summary>Has this replica read its queues with the prefetch of the fault plan, from when the store can be read on. Development only.</summary>
internal sealed class PlannedPrefetch(FaultPlans plans, Receiver receiver, IOptions<ReceiverOptions> options, TimeProvider clock) : BackgroundService
{
    /// <summary>How late a replica may learn of a plan that another one wrote.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var followed = receiver.Queues.ToDictionary(q => q.Queue, q => options.Value.PrefetchOf(q.Queue));
        while (!stoppingToken.IsCancellationRequested)
        {
            var written = plans.Written;
            var plan = await plans.CurrentAsync(stoppingToken);
            foreach (var (queue, before) in followed.ToArray())
            {
                var prefetch = plan.PrefetchOf(queue) ?? options.Value.PrefetchOf(queue);
                if (prefetch != before)
                {
                    await receiver.SetPrefetchAsync(queue, prefetch, stoppingToken);
                    followed[queue] = prefetch;
                }
            }

            await Task.WhenAny(written, Task.Delay(Interval, clock, stoppingToken));
        }
    }
}
