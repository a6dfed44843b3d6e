using Microsoft.Extensions.Diagnostics.HealthChecks;
using RabbitDemo.Messaging;

namespace RabbitDemo.Lab.Services;

/// <summary>Without the broker the pages work, and say what they cannot know.</summary>
internal sealed class WatchHealthCheck(MovementReader reader) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(reader.Status is { Phase: not ConnectionPhase.Ready } status
            ? HealthCheckResult.Degraded($"It does not hear from the services: {status.Reason}")
            : HealthCheckResult.Healthy());
}
