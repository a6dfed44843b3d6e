using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using RabbitMQ.Client;

namespace Aspire.RabbitMQ.Client;

internal sealed class ConnectionHealthCheck(Func<IConnection> connection) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            return Task.FromResult(connection().IsOpen ? HealthCheckResult.Healthy() : new(context.Registration.FailureStatus, "The connection is closed."));
        }
        catch (Exception failure)
        {
            return Task.FromResult(new HealthCheckResult(context.Registration.FailureStatus, exception: failure));
        }
    }
}

/// <summary>Connects while the host starts.</summary>
internal sealed class ConnectionActivation(Func<IConnection> connection) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        connection();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
