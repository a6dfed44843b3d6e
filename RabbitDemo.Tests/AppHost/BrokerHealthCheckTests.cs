using System.Net;
using System.Net.Sockets;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using RabbitDemo.AppHost;

namespace RabbitDemo.Tests.AppHost;

/// <summary>
/// Against a node whose plugins run already, in a container: whoever connects to a published port is accepted by the engine,
/// before anybody listens behind it.
/// </summary>
public sealed class BrokerHealthCheckTests
{
    private const string Http = """{"node":"rabbit@one","protocol":"http"}""";
    private const string Amqp = """{"node":"rabbit@one","protocol":"amqp"}""";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task IsHealthyOnceTheNodeListensForAmqp()
    {
        var (listeners, asked) = (Http, 0);
        await using var management = await ManagementAsync(() =>
        {
            Interlocked.Increment(ref asked);
            return $$"""{"node":"rabbit@one","listeners":[{{listeners}}]}""";
        });
        using var engine = new TcpListener(IPAddress.Loopback, 0);
        engine.Start();
        using var check = Check(engine, management);

        var health = check.CheckHealthAsync(new());
        await Eventually.TrueAsync("it is asked again", Soon, () => Task.FromResult(asked > 2));
        Assert.False(health.IsCompleted);
        listeners = $"{Http},{Amqp}";

        Assert.Equal(HealthStatus.Healthy, (await health.WaitAsync(Soon)).Status);
    }

    /// <summary>It is not told of listeners: the port that takes connections has to do.</summary>
    [Fact]
    public async Task IsHealthyForAUserThatMayNotMonitor()
    {
        await using var management = await ManagementAsync(() => """{"node":"rabbit@one"}""");
        using var engine = new TcpListener(IPAddress.Loopback, 0);
        engine.Start();
        using var check = Check(engine, management);

        Assert.Equal(HealthStatus.Healthy, (await check.CheckHealthAsync(new()).WaitAsync(Soon)).Status);
    }

    private static async Task<WebApplication> ManagementAsync(Func<string> overview)
    {
        var builder = WebApplication.CreateBuilder(["--urls=http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapGet("/api/{**what}", overview);
        await app.StartAsync();
        return app;
    }

    private static BrokerHealthCheck Check(TcpListener engine, WebApplication management)
    {
        var builder = DistributedApplication.CreateBuilder([]);
        var (user, password) = (builder.AddParameter("user", "guest"), builder.AddParameter("password", "guest", secret: true));
        var broker = builder.AddResource(new BrokerProcess("rabbitmq", "/bin/sh", "/", user.Resource, password.Resource))
            .WithEndpoint(BrokerProcess.AmqpEndpoint, endpoint => Allocate(endpoint, ((IPEndPoint)engine.LocalEndpoint).Port))
            .WithEndpoint(BrokerProcess.ManagementEndpoint, endpoint => Allocate(endpoint, new Uri(management.Urls.Single()).Port));
        return new(new(broker, user.Resource, password.Resource, "volume test"), new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance));
    }

    private static void Allocate(EndpointAnnotation endpoint, int port) => endpoint.AllocatedEndpoint = new(endpoint, "localhost", port);
}
