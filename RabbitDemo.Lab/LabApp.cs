using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using RabbitDemo.Lab.Components;
using RabbitDemo.Lab.Services;
using RabbitDemo.Messaging;
using RabbitDemo.ServiceDefaults;

namespace RabbitDemo.Lab;

/// <summary>The lab, built apart from <c>Program.cs</c> so that tests run the same one.</summary>
internal static class LabApp
{
    /// <summary>What a browser may send at once: an event of 1 MB, written as text in a form.</summary>
    private const long MostReceivedBytes = 4 * 1024 * 1024;

    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.WebHost.UseStaticWebAssets(); // also when it runs from the build's output outside development
        builder.AddServiceDefaults();
        builder.ListenByDefaultOn(8080);
        builder.AddBrokerConnection("rabbitmq");
        builder.AddMovementReader();
        builder.AddTopologyProof();
        builder.Services.AddTopology(builder.Configuration);
        builder.AddAdminAccess();
        builder.Services.AddHealthChecks().AddCheck<WatchHealthCheck>("watch", tags: ["ready"]);
        builder.Services.AddOptionsSection<LabOptions, LabOptionsValidator>(LabOptions.Section);
        builder.Services.AddSingleton<SystemWatch>();
        builder.Services.AddHostedService(services => services.GetRequiredService<SystemWatch>());
        builder.Services.AddSingleton<ManagementApi>();
        builder.Services.AddSingleton<QueueCounts>();
        builder.Services.AddHostedService(services => services.GetRequiredService<QueueCounts>());
        builder.Services.AddHostedService<ProofSweep>();
        builder.Services.AddSingleton<DashboardLinks>();
        builder.Services.AddSingleton<ServiceLinks>();

        // Whoever looks sees what a service answered, a refusal too, and the page asks again by itself.
        builder.Services.ConfigureAll<HttpStandardResilienceOptions>(options =>
        {
            options.Retry.ShouldHandle = static _ => PredicateResult.False();
            options.CircuitBreaker.ShouldHandle = static _ => PredicateResult.False();
        });
        builder.Services.AddScoped<Visitor>();
        builder.Services.AddScoped<ServiceClient>();
        builder.Services.AddLanguages();
        builder.Services.AddRazorComponents().AddInteractiveServerComponents();
        builder.Services.Configure<HubOptions>(hub => hub.MaximumReceiveMessageSize = MostReceivedBytes);

        var app = builder.Build();
        app.UseOwnContentOnly();
        app.MapPageDefaults();
        app.UseLanguages();
        app.UseAntiforgery();
        app.MapStaticAssets();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
        return app;
    }
}
