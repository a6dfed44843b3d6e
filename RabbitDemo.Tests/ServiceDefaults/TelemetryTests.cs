using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using RabbitDemo.ServiceDefaults;
using RabbitDemo.Tests.Telemetry;

namespace RabbitDemo.Tests.ServiceDefaults;

/// <summary>Alone: while it runs, every request that this process sends begins a trace.</summary>
[Collection(UnobservedCollection.Name)]
public sealed class TelemetryTests
{
    /// <summary>Three signals wait a second each. Aspire's orchestrator kills what has not ended six seconds after it asked.</summary>
    [Fact]
    public async Task EndsInTimeWhenTheCollectorIsAway()
    {
        var builder = WebApplication.CreateBuilder(
            ["--urls=http://127.0.0.1:0", "--OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1", "--OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY=in_memory"]);
        builder.AddServiceDefaults();
        var app = builder.Build();
        app.MapGet("/", () => "");
        await app.StartAsync();
        using var client = new HttpClient();
        await client.GetStringAsync(app.Urls.First());

        var clock = Stopwatch.StartNew();
        await app.StopAsync();
        await app.DisposeAsync();

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(4), $"ended after {clock.Elapsed}");
    }
}
