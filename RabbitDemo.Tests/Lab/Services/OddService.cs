using System.Net.Mime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitDemo.Lab.Services;
using RabbitDemo.ServiceDefaults;

namespace RabbitDemo.Tests.Lab;

/// <summary>A service that answers everything with one thing, and the lab's client to it.</summary>
internal sealed class OddService : IAsyncDisposable
{
    public const string Name = "producer";

    private readonly WebApplication app;
    private readonly ServiceProvider services;
    private int asked;
    private long largest;

    private OddService(WebApplication app, string body, int status, string type)
    {
        this.app = app;
        app.Run(context =>
        {
            Interlocked.Increment(ref asked);
            largest = Math.Max(largest, context.Request.ContentLength ?? 0);
            context.Response.StatusCode = status;
            context.Response.ContentType = type;
            return context.Response.WriteAsync(body);
        });
        app.Start();
        Address = new(app.Urls.First());
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new($"Services:{Name}:http:0", Address.ToString())]).Build();
        services = new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddSingleton(app.Services.GetRequiredService<IHostEnvironment>())
            .AddSingleton<AdminAccess>()
            .AddSingleton<Visitor>()
            .AddSingleton<ServiceClient>()
            .AddServiceDiscovery()
            .ConfigureHttpClientDefaults(http => http.AddServiceDiscovery())
            .BuildServiceProvider();
    }

    public Uri Address { get; }

    /// <summary>Requests that came.</summary>
    public int Asked => Volatile.Read(ref asked);

    /// <summary>Bytes of the largest body that came.</summary>
    public long Largest => Volatile.Read(ref largest);

    public ServiceClient Client => services.GetRequiredService<ServiceClient>();

    public static OddService Start(string body, int status = StatusCodes.Status200OK, string type = MediaTypeNames.Application.Json)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        return new(builder.Build(), body, status, type);
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await app.DisposeAsync();
    }
}
