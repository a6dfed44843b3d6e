using System.Reflection;

namespace Aspire.Hosting;

public sealed class DistributedApplicationOptions
{
    private string? _projectDirectory;

    public string[]? Args { get; set; }

    public string? AssemblyName { get; set; }

    /// <summary>There is no dashboard here to disable; it decides what a wait does when its resource ends, as in Aspire.</summary>
    public bool DisableDashboard { get; set; }

    public bool AllowUnsecuredTransport { get; set; }

    /// <summary>Passes what resources write on to <c>ILogger</c>, instead of to the console.</summary>
    public bool EnableResourceLogging { get; set; }

    public string? ProjectDirectory { get => _projectDirectory ?? Metadata("apphostprojectpath"); set => _projectDirectory = value; }

    internal Assembly? Assembly => AssemblyName is null ? Assembly.GetEntryAssembly() : Assembly.Load(AssemblyName);

    internal string? Metadata(string key) => Metadata(Assembly, key);

    internal static string? Metadata(Assembly? assembly, string key) =>
        assembly?.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(known => known.Key == key)?.Value;
}
