using Microsoft.Extensions.Configuration;

namespace RabbitDemo.AppHost;

internal static class ServiceSettings
{
    /// <summary>
    /// Hands on the environment's name and the settings that the AppHost was given: <c>RabbitDemo:*</c> to every service,
    /// then <c>Services:&lt;name&gt;:*</c> to that one, so that the service's own wins.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithSettings(this IResourceBuilder<ProjectResource> service, string name)
    {
        var configuration = service.ApplicationBuilder.Configuration;
        if (service.ApplicationBuilder.ExecutionContext.IsRunMode)
        {
            // The orchestrator does not, and either may be set in the environment that the service inherits.
            var environment = service.ApplicationBuilder.Environment.EnvironmentName;
            service.WithEnvironment("ASPNETCORE_ENVIRONMENT", environment).WithEnvironment("DOTNET_ENVIRONMENT", environment);
        }

        var own = configuration.GetSection($"Services:{name}").AsEnumerable(makePathsRelative: true);
        foreach (var (key, value) in configuration.GetSection("RabbitDemo").AsEnumerable().Concat(own))
        {
            if (value is not null)
                service.WithEnvironment(key.Replace(":", "__", StringComparison.Ordinal), value);
        }

        return service;
    }
}
