using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>Lets the testing builder take part when it runs an AppHost's entry point: it flows with that run's calls, and no others'.</summary>
internal abstract class EntryPointHook
{
    private static readonly AsyncLocal<EntryPointHook?> s_current = new();

    public static EntryPointHook? Current { get => s_current.Value; set => s_current.Value = value; }

    public abstract void Constructing(DistributedApplicationOptions options, HostApplicationBuilderSettings settings);

    public abstract void Constructed(DistributedApplicationBuilder builder);

    /// <summary>Blocks until the test asks for the application.</summary>
    public abstract void Building(DistributedApplicationBuilder builder);

    public abstract void Built(DistributedApplication application);

    /// <param name="failure">Null when the application has started.</param>
    public abstract void Started(Exception? failure);
}
