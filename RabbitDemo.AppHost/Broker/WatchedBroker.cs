using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace RabbitDemo.AppHost;

/// <summary>A broker of ours, and what is needed to see whether it takes our user.</summary>
/// <param name="Resource">Has the endpoints <c>tcp</c> and <c>management</c>.</param>
/// <param name="UserName">Counts for an empty data directory only, as the password does.</param>
/// <param name="Password">Of that user.</param>
/// <param name="DataPlace">Where its data are, for people: <c>directory /path</c> or <c>volume name</c>.</param>
internal sealed record WatchedBroker(
    IResourceBuilder<IResourceWithEndpoints> Resource, ParameterResource UserName, ParameterResource Password, string DataPlace)
{
    public bool IsAllocated => Resource.GetEndpoint(BrokerProcess.AmqpEndpoint).IsAllocated && Resource.GetEndpoint(BrokerProcess.ManagementEndpoint).IsAllocated;

    public int AmqpPort => Resource.GetEndpoint(BrokerProcess.AmqpEndpoint).Port;

    public int ManagementPort => Resource.GetEndpoint(BrokerProcess.ManagementEndpoint).Port;
}

internal static class WatchedBrokerExtensions
{
    public static IResourceBuilder<T> WithBrokerHealthCheck<T>(this IResourceBuilder<T> broker, string key, WatchedBroker watched)
        where T : IResourceWithEndpoints
    {
        var services = broker.ApplicationBuilder.Services;
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<BrokerHealthCheck>(provider, watched));
        services.AddHealthChecks().Add(new HealthCheckRegistration(key, provider => provider.GetRequiredService<BrokerHealthCheck>(), null, null));
        return broker.WithHealthCheck(key).OnBeforeResourceStarted((_, start, _) =>
        {
            start.Services.GetRequiredService<BrokerHealthCheck>().Starting();
            return Task.CompletedTask;
        });
    }
}
