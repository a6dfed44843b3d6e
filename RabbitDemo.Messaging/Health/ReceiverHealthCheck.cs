using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace RabbitDemo.Messaging;

/// <summary>Ready when each queue of the service is subscribed and flows. It reads state and asks nobody.</summary>
internal sealed class ReceiverHealthCheck(Receiver receiver, PublisherConnection publisher) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Check());

    private HealthCheckResult Check()
    {
        var status = receiver.Status;
        if (status.Phase is not (ConnectionPhase.Ready or ConnectionPhase.Blocked))
        {
            return HealthCheckResult.Unhealthy($"Cannot consume since {status.Since:O}: {status.Reason}");
        }

        string[] stopped = [.. receiver.Queues.Where(q => !q.IsSubscribed || q.Trouble is not null)
            .Select(q => $"{q.Queue}: {q.Trouble ?? "not subscribed"}")];
        if (stopped.Length > 0)
        {
            return HealthCheckResult.Unhealthy(string.Join("; ", stopped));
        }

        // A consumer publishes only what failed: it works without, but not for long.
        string[] wrong =
        [
            .. receiver.Problems.Select(p => p.ToString()),
            .. publisher.Status.Phase == ConnectionPhase.Ready ? [] : (string[])[$"no retries can be published: {publisher.Status.Reason}"]
        ];
        return wrong.Length > 0
            ? HealthCheckResult.Degraded(string.Join("; ", wrong))
            : HealthCheckResult.Healthy($"consuming from {string.Join(", ", receiver.Queues.Select(q => q.Queue))}");
    }
}
