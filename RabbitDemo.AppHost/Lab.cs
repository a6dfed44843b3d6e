namespace RabbitDemo.AppHost;

/// <summary>The page where the system is watched; <c>Lab=false</c> leaves it out.</summary>
internal static class LabExtensions
{
    public const string Name = "lab";
    private const int Port = 8080;

    public static bool HasLab(this IDistributedApplicationBuilder builder) => builder.Flag("Lab", usual: true);

    /// <summary>With a lab, services tell it what their messages do, also outside development; without one, nobody would listen.</summary>
    public static IResourceBuilder<ProjectResource> TellsLab(this IResourceBuilder<ProjectResource> service) =>
        service.WithEnvironment("RabbitDemo__Movements", service.ApplicationBuilder.HasLab() ? "true" : "false");

    /// <summary>It waits for nothing: it is there to show what comes up, and what does not.</summary>
    public static void AddLab(
        this IDistributedApplicationBuilder builder, Ports ports, Broker broker, IEnumerable<IResourceBuilder<ProjectResource>> services)
    {
        if (!builder.HasLab())
            return;

        var lab = builder.AddProject<Projects.RabbitDemo_Lab>(Name)
            .WithHttpEndpoint(ports.Fixed(Name, Port))
            .WithHttpHealthCheck("/alive")
            .WithPages(("/", "Lab"))
            .WithReference(broker.ConnectionString);
        foreach (var service in services)
            lab.WithReference(service);

        if (broker.Management is { } management)
            lab.WithEnvironment("RabbitDemo__Lab__Management", management);

        if (builder.Configuration["ASPNETCORE_URLS"]?.Split(';')[0] is { Length: > 0 } dashboard && builder.ExecutionContext.IsRunMode)
            lab.WithEnvironment("RabbitDemo__Lab__Dashboard", dashboard);

        lab.WithSettings(Name);
    }
}
