using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Orchestration;

internal static class OrchestratorServices
{
    /// <summary>Reporting and health come first: the orchestrator's start returns only when everything is started.</summary>
    public static IServiceCollection AddOrchestrator(this IServiceCollection services) => services
        .AddHostedService<ResourceReport>()
        .AddHostedService<HealthMonitor>()
        .AddSingleton<ProcessGuard>()
        .AddSingleton<EndpointAllocator>()
        .AddSingleton<LaunchBuilder>()
        .AddSingleton<InstanceRunner>()
        .AddSingleton<Orchestrator>()
        .AddHostedService(provider => provider.GetRequiredService<Orchestrator>());
}
