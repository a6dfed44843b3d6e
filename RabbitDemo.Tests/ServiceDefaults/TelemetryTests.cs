using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using RabbitDemo.ServiceDefaults;
using RabbitDemo.Tests.Telemetry;

namespace RabbitDemo.Tests.ServiceDefaults;

/// <summary>Alone: while it runs, every request that this process sends begins a trace.</summary>
[Collection(UnobservedCollection.Name)]
public sealed class TelemetryTests
{
    /// <summary>The first export of a process may take longer than the second that it has in our services.</summary>
    private const string Patience = "--OTEL_EXPORTER_OTLP_TIMEOUT=10000";

    /// <summary>Three signals wait a second each, and between their tries. Aspire's orchestrator kills what has not ended six seconds after it asked.</summary>
    [Fact]
    public async Task EndsInTimeWhenTheCollectorIsAway()
    {
        var app = await StartAsync("--OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1", "--OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY=in_memory");
        using var client = new HttpClient();
        await client.GetStringAsync(app.Urls.First());

        var clock = Stopwatch.StartNew();
        await app.StopAsync();
        await app.DisposeAsync();

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(6), $"ended after {clock.Elapsed}");
    }

    /// <summary>One of them has an endpoint of its own, the path of which is its own too; the others have none.</summary>
    [Theory]
    [InlineData("TRACES")]
    [InlineData("METRICS")]
    [InlineData("LOGS")]
    public async Task ExportsExactlyTheSignalThatHasAnEndpoint(string signal)
    {
        await using var collector = await HttpCollector.StartAsync();
        var app = await StartAsync(
            $"--OTEL_EXPORTER_OTLP_{signal}_ENDPOINT={collector.Address}/own/{signal}", $"--OTEL_EXPORTER_OTLP_{signal}_PROTOCOL=http/protobuf",
            $"--OTEL_EXPORTER_OTLP_{signal}_HEADERS=x-signal={signal}", Patience);
        using var client = new HttpClient();
        await client.GetStringAsync(app.Urls.First());
        object?[] providers = [app.Services.GetService<TracerProvider>(), app.Services.GetService<MeterProvider>(), app.Services.GetService<LoggerProvider>()];

        await app.StopAsync();
        await app.DisposeAsync();

        Assert.Equal([$"/own/{signal} {signal}"], collector.Requests.Distinct());
        Assert.Single(providers, provider => provider is not null);
    }

    [Fact]
    public async Task ExportsEverySignalToTheEndpointOfAllAndOneToItsOwn()
    {
        await using var collector = await HttpCollector.StartAsync();
        var app = await StartAsync(
            $"--OTEL_EXPORTER_OTLP_ENDPOINT={collector.Address}", "--OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
            $"--OTEL_EXPORTER_OTLP_METRICS_ENDPOINT={collector.Address}/own", Patience);
        using var client = new HttpClient();
        await client.GetStringAsync(app.Urls.First());

        await app.StopAsync();
        await app.DisposeAsync();

        Assert.Equal(["/own ", "/v1/logs ", "/v1/traces "], collector.Requests.Distinct().Order());
    }

    private static async Task<WebApplication> StartAsync(params string[] settings)
    {
        var builder = WebApplication.CreateBuilder(["--urls=http://127.0.0.1:0", .. settings]);
        builder.AddServiceDefaults();
        var app = builder.Build();
        app.MapGet("/", () => "");
        await app.StartAsync();
        return app;
    }
}
