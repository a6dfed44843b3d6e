using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>What a run under test is configured with, as far as neither the test nor the arguments say otherwise.</summary>
internal static class TestConfiguration
{
    public static void BeforeTheTest(DistributedApplicationOptions options, HostApplicationBuilderSettings settings, string[] args, Assembly appHost)
    {
        string[] all = [.. settings.Args ?? [], .. args];
        settings.Args = all;
        settings.ApplicationName = appHost.GetName().Name;
        options.Args = all;
        options.AssemblyName = settings.ApplicationName;
        options.DisableDashboard = true;
        options.EnableResourceLogging = true;
        if (DistributedApplicationOptions.Metadata(appHost, "apphostprojectpath") is { } directory && Directory.Exists(directory))
            settings.ContentRootPath = directory;

        AddDefaults(settings, new()
        {
            ["DcpPublisher:RandomizePorts"] = "true",
            ["ASPNETCORE_URLS"] = "http://localhost:8080",
            ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = "http://localhost:4317",
            ["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true",
        });
    }

    /// <summary>The AppHost's launch profile: the one asked for, or its first.</summary>
    public static void AfterTheTest(HostApplicationBuilderSettings settings, Assembly appHost)
    {
        if (LaunchSettings.Read(DistributedApplicationOptions.Metadata(appHost, "apphostprojectpath"))?.Profiles is not { Count: > 0 } profiles)
            return;

        var name = Existing(settings)["DOTNET_LAUNCH_PROFILE"] ?? profiles.First().Key;
        if (!profiles.TryGetValue(name, out var profile))
            throw new InvalidOperationException($"The configured launch profile, '{name}', was not found in the launch settings file.");

        Dictionary<string, string?> defaults = new() { ["DOTNET_LAUNCH_PROFILE"] = name };
        foreach (var (variable, value) in profile.EnvironmentVariables)
        {
            defaults[variable] = value;
            foreach (var prefix in new[] { "DOTNET_", "ASPNETCORE_" })
            {
                if (variable.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                    defaults[variable[prefix.Length..]] = value;
            }
        }

        AddDefaults(settings, defaults);
    }

    private static void AddDefaults(HostApplicationBuilderSettings settings, Dictionary<string, string?> defaults)
    {
        var existing = Existing(settings);
        settings.Configuration ??= new();
        settings.Configuration.AddInMemoryCollection([.. defaults.Where(value => existing[value.Key] is null)]);
    }

    private static IConfigurationRoot Existing(HostApplicationBuilderSettings settings)
    {
        var existing = new ConfigurationBuilder().AddCommandLine(settings.Args ?? []);
        return (settings.Configuration is null ? existing : existing.AddConfiguration(settings.Configuration)).Build();
    }
}
