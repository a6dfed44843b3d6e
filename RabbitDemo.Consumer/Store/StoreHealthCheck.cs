using Microsoft.Extensions.Diagnostics.HealthChecks;
using RabbitDemo.Messaging;

namespace RabbitDemo.Consumer.Store;

/// <summary>Ready while the store can be written: an empty transaction is enough to know.</summary>
internal sealed class StoreHealthCheck(MessageStore store) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await store.PrepareAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (InboxUnavailableException e)
        {
            return HealthCheckResult.Unhealthy($"The store cannot be written: {e.Message}");
        }
    }
}
