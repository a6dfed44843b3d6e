using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace RabbitDemo.ServiceDefaults;

internal static class Telemetry
{
    /// <summary>The engine's one activity source and one meter. The client library's own are not subscribed: they would double ours.</summary>
    private const string Messaging = "RabbitDemo.Messaging";

    private const string ExportTimeout = "OTEL_EXPORTER_OTLP_TIMEOUT";

    /// <summary>
    /// Spans, metrics and logs are taken where they have an OTLP endpoint, and cost nothing elsewhere: without one, messages carry the
    /// trace of the request all the same, and a meter can still be read by a tool that listens.
    /// </summary>
    public static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        var traces = new OtlpSignal(builder.Configuration, "TRACES");
        var metrics = new OtlpSignal(builder.Configuration, "METRICS");
        var logs = new OtlpSignal(builder.Configuration, "LOGS");

        // A collector that is away must not hold up the end of the process: each of the three signals may wait this long.
        if (builder.Configuration[ExportTimeout] is null)
            builder.Configuration.AddInMemoryCollection([new(ExportTimeout, "1000")]);

        if (metrics.HasEndpoint)
        {
            builder.Services.AddOpenTelemetry().WithMetrics(provider => provider
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation()
                .AddMeter(Messaging)
                .AddOtlpExporter(metrics.Configure));
        }

        if (traces.HasEndpoint)
        {
            builder.Services.AddOpenTelemetry().WithTracing(provider => provider
                .AddAspNetCoreInstrumentation(options => options.Filter = context => !IsHealth(context.Request.Path))
                .AddHttpClientInstrumentation()
                .AddSource(builder.Environment.ApplicationName, Messaging)
                .AddOtlpExporter(traces.Configure));
        }

        if (logs.HasEndpoint)
        {
            builder.Services.AddOpenTelemetry().WithLogging(provider => provider.AddOtlpExporter(logs.Configure), options =>
            {
                options.IncludeFormattedMessage = true;
                options.IncludeScopes = true;
            });
        }
    }

    private static bool IsHealth(PathString path) =>
        path.StartsWithSegments(HealthEndpoints.ReadyPath, StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments(HealthEndpoints.AlivePath, StringComparison.OrdinalIgnoreCase);
}
