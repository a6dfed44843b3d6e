using Microsoft.Extensions.Configuration;

namespace RabbitDemo.AppHost;

internal static class ServiceSettings
{
    /// <summary>One store for all consumers is no default: each has its own books.</summary>
    private static readonly string[] OwnOfEach = ["RabbitDemo:Store:Path", "ConnectionStrings:store"];

    /// <exception cref="SettingException">A setting that only one service can have was given to all.</exception>
    public static void RefuseSharedStore(this IDistributedApplicationBuilder builder)
    {
        foreach (var key in OwnOfEach)
        {
            if (builder.Configuration[key] is not null)
                throw new SettingException($"{key} is one consumer's: give it as Services:<name>:{key}, or all stores a place with DataDirectory.");
        }
    }

    /// <summary>Called when all resources are there: what is said by a service's name and nobody reads would change nothing.</summary>
    /// <exception cref="SettingException">There is a name that none has.</exception>
    public static void RefuseUnknownNames(this IDistributedApplicationBuilder builder)
    {
        string[] services = [.. builder.Resources.OfType<ProjectResource>().Select(service => service.Name).Where(name => name != LabExtensions.Name)];
        Check("Replicas", services);
        Check("Services", [.. services, LabExtensions.Name]);
        Check("Ports", [.. services, LabExtensions.Name, .. Ports.OfTheBroker]);

        void Check(string section, string[] names)
        {
            foreach (var child in builder.Configuration.GetSection(section).GetChildren())
            {
                if (!names.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
                    throw new SettingException($"{child.Path}: there is no such name here, only {string.Join(", ", names)}.");
            }
        }
    }

    /// <summary>
    /// Hands on the environment's name and the settings that the AppHost was given: <c>RabbitDemo:*</c> and <c>AllowedHosts</c> to
    /// every service, then <c>Services:&lt;name&gt;:*</c> to that one, so that the service's own wins. They win over what was set before.
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
        foreach (var (key, value) in configuration.GetSection("RabbitDemo").AsEnumerable().Append(new("AllowedHosts", configuration["AllowedHosts"])).Concat(own))
        {
            if (value is not null)
                service.WithEnvironment(key.Replace(":", "__", StringComparison.Ordinal), value);
        }

        return service;
    }

    /// <summary>What is published says no path: one of this machine means nothing there.</summary>
    public static IResourceBuilder<ProjectResource> KeepsItsDataIn(this IResourceBuilder<ProjectResource> service, string setting, string file) =>
        service.ApplicationBuilder.ExecutionContext.IsRunMode ? service.WithEnvironment(setting, file) : service;
}
