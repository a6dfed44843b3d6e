using System.Diagnostics;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RabbitDemo.Tests.Brokers;

namespace RabbitDemo.Tests.AppHost;

/// <summary>The system as its AppHost describes it, on free ports, with its data in a directory of the test's.</summary>
internal sealed class RunningAppHost : IAsyncDisposable
{
    public static readonly TimeSpan HealthyWithin = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(120);

    /// <summary>In tests no dashboard listens, and Aspire names its address to the services all the same.</summary>
    private static readonly string[] WithoutCollector =
        [.. new[] { "producer", "consumer", "usuarios", "pedidos", "auditoria", "lab" }.Select(name => $"--Services:{name}:OTEL_EXPORTER_OTLP_ENDPOINT=")];

    private readonly string nodePidFile;

    private RunningAppHost(DistributedApplication application, TemporaryDirectory data)
    {
        Application = application;
        nodePidFile = Path.Combine(data.Path, "rabbitmq", "node.pid");
    }

    /// <summary>The private broker's process.</summary>
    public Process Node => Process.GetProcessById(Processes.Named(nodePidFile)
        ?? throw new InvalidOperationException($"{nodePidFile} names no process."));

    public DistributedApplication Application { get; }

    /// <summary>Runs <c>rabbitmqctl</c> against the private broker.</summary>
    public Task ControlBrokerAsync(params string[] arguments)
    {
        var environment = File.ReadAllText($"/proc/{Node.Id}/environ").Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Select(variable => variable.Split('=', 2)).Select(pair => KeyValuePair.Create(pair[0], pair[1]));
        return ControlTool.RunAsync(environment, arguments, CancellationToken.None);
    }

    /// <param name="settings">As on the AppHost's command line; the lab is not started unless they say so.</param>
    /// <param name="configure">What is to be different from what the AppHost says, before it is built.</param>
    public static async Task<RunningAppHost> StartAsync(
        TemporaryDirectory data, string[] settings, Action<IDistributedApplicationTestingBuilder>? configure = null)
    {
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.RabbitDemo_AppHost>([$"--DataDirectory={data.Path}", "--Lab=false", .. WithoutCollector, .. settings]);
        builder.Services.AddLogging(logging => logging.AddFilter("RabbitDemo.AppHost.Resources", LogLevel.None)); // a node says much
        configure?.Invoke(builder);
        var application = await builder.BuildAsync();
        try
        {
            using var deadline = new CancellationTokenSource(StartsWithin);
            await application.StartAsync(deadline.Token);
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }

        return new(application, data);
    }

    /// <summary>The private broker alone, without the services.</summary>
    public static Task<RunningAppHost> StartBrokerAsync(TemporaryDirectory data, params string[] settings) =>
        StartAsync(data, ["--Broker=process", .. settings], builder =>
        {
            foreach (var service in builder.Resources.OfType<ProjectResource>().ToArray())
                builder.Resources.Remove(service);
        });

    public async Task HealthyAsync(string resource)
    {
        using var deadline = new CancellationTokenSource(HealthyWithin);
        await Application.ResourceNotifications.WaitForResourceHealthyAsync(resource, deadline.Token);
    }

    public ManagementApi Management(string user = "guest", string password = "guest") =>
        new(Application.GetEndpoint("rabbitmq", "management"), user, password);

    /// <summary>As at Ctrl+C. An orderly stop of a node takes 3 s before RabbitMQ 3.13.2.</summary>
    public Task StopAsync() => Application.StopAsync();

    /// <summary>Unless it was stopped: in a hurry, since nobody will want the broker's data.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (Processes.Named(nodePidFile) is not null)
                Node.Kill();
        }
        catch (ArgumentException)
        {
            // It has ended.
        }

        await Application.StopAsync();
        await Application.DisposeAsync();
    }
}
