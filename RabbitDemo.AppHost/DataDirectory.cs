namespace RabbitDemo.AppHost;

/// <summary>Where everything that outlives a run is kept: <c>DataDirectory</c>, by default <c>.data</c> beside the solution.</summary>
internal sealed class DataDirectory(IDistributedApplicationBuilder builder)
{
    public string Path { get; } = System.IO.Path.GetFullPath(
        builder.Configuration["DataDirectory"] is { Length: > 0 } given ? given : ".data",
        System.IO.Path.GetFullPath("..", builder.AppHostDirectory));

    public string File(string name) => System.IO.Path.Combine(Path, name);
}
