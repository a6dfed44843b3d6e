using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace RabbitDemo.Messaging;

/// <summary>Ready when events can be published now: connected, topology declared, not blocked. It reads state and asks nobody.</summary>
internal sealed class PublisherHealthCheck(PublisherConnection connection) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var status = connection.Status;
        var result = status.Phase != ConnectionPhase.Ready
            ? HealthCheckResult.Unhealthy($"Cannot publish since {status.Since:O}: {status.Reason}")
            : connection.Problems is [_, ..] problems
                ? HealthCheckResult.Degraded(string.Join("; ", problems))
                : HealthCheckResult.Healthy("connected, topology declared");
        return Task.FromResult(result);
    }
}
