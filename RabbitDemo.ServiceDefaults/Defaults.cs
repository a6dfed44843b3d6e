using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http.Resilience;
using RabbitDemo.Messaging;

namespace RabbitDemo.ServiceDefaults;

/// <summary>What every service of the system has in common.</summary>
public static class Defaults
{
    /// <summary>Telemetry, health, service discovery, resilient HTTP clients, problem details, the API document and server limits.</summary>
    /// <exception cref="SettingException">The configuration has a setting in <c>RabbitDemo</c> that there is none.</exception>
    public static void AddServiceDefaults(this IHostApplicationBuilder builder)
    {
        RootSettings.Check(builder.Configuration);
        builder.AnswerToLocalNamesInDevelopment();
        builder.AddTelemetry();
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [HealthEndpoints.Live]);
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http =>
        {
            // What a POST did before its answer was lost, only its sender can tell. Before service discovery, so that the authority
            // is the service's name: one that is away is spared by its own circuit breaker, and takes no other with it.
            http.AddStandardResilienceHandler(options => options.Retry.DisableForUnsafeHttpMethods()).SelectPipelineByAuthority();
            http.AddServiceDiscovery();
        });
        builder.Services.AddProblems();

        // The framework leaves markup as it is in JSON; a key or a name that a client chose comes back escaped.
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.Encoder = JavaScriptEncoder.Create(UnicodeRanges.All));
        builder.Services.AddApiDocument();
        builder.Services.Configure<KestrelServerOptions>(server =>
        {
            server.AddServerHeader = false;
            server.Limits.MaxRequestBodySize = 1024 * 1024;
            server.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        });

        // Under the 30 s that most orchestrators grant between TERM and KILL. Aspire's grants 6: a drain's default fits into that.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(25));
        builder.Logging.LeaveStartupFailuresToService();

        // It would repeat at each probe, as an error, what /health says and whoever lost the broker or the store has logged once.
        builder.Logging.SilenceUnlessConfigured("Microsoft.Extensions.Diagnostics.HealthChecks");
    }

    /// <summary>The pipeline and endpoints that every service has. It must be called before any other endpoint is mapped.</summary>
    public static void MapDefaultEndpoints(this WebApplication app)
    {
        app.UseProblems();
        app.UseAccessKeys();
        app.UseJsonOnly();
        app.UseKnownQuery();
        app.MapHealth();
        app.MapApiDocument();
    }

    /// <summary>The endpoints of a service that has pages instead of an API.</summary>
    public static void MapPageDefaults(this WebApplication app) => app.MapHealth();

    /// <summary>Listens on loopback at <paramref name="port"/> unless the configuration names addresses or ports.</summary>
    public static void ListenByDefaultOn(this IHostApplicationBuilder builder, int port)
    {
        string[] keys = ["urls", "http_ports", "https_ports"];
        if (keys.All(key => builder.Configuration[key] is null) && !builder.Configuration.GetSection("Kestrel:Endpoints").Exists())
            builder.Configuration.AddInMemoryCollection([new("urls", $"http://localhost:{port}")]);
    }

    /// <summary>
    /// In development nobody needs a key, and a page from elsewhere in the same browser could have its own name lead to this machine:
    /// unless the configuration says otherwise, only requests for a local name are answered.
    /// </summary>
    private static void AnswerToLocalNamesInDevelopment(this IHostApplicationBuilder builder)
    {
        if (builder.Environment.IsDevelopment() && builder.Configuration["AllowedHosts"] is null)
            builder.Configuration.AddInMemoryCollection([new("AllowedHosts", "localhost;*.localhost;127.0.0.1;[::1]")]);
    }
}
