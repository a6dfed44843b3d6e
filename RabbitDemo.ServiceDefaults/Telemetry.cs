using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace RabbitDemo.ServiceDefaults;

internal static class Telemetry
{
    /// <summary>The engine's one activity source and one meter. The client library's own are not subscribed: they would double ours.</summary>
    private const string Messaging = "RabbitDemo.Messaging";

    private const string ExportTimeout = "OTEL_EXPORTER_OTLP_TIMEOUT";

    /// <summary>
    /// Spans and metrics are taken where an OTLP endpoint is set, and cost nothing elsewhere: without one, messages carry the trace
    /// of the request all the same, and a meter can still be read by a tool that listens.
    /// </summary>
    public static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        if (string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
            return;

        var telemetry = builder.Services.AddOpenTelemetry()
            .WithMetrics(metrics => metrics
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation()
                .AddMeter(Messaging))
            .WithTracing(tracing => tracing
                .AddAspNetCoreInstrumentation(options => options.Filter = context => !IsHealth(context.Request.Path))
                .AddHttpClientInstrumentation()
                .AddSource(builder.Environment.ApplicationName, Messaging));

        // A collector that is away must not hold up the end of the process: each of the three signals may wait this long.
        if (builder.Configuration[ExportTimeout] is null)
            builder.Configuration.AddInMemoryCollection([new(ExportTimeout, "1000")]);

        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });
        telemetry.UseOtlpExporter();
    }

    private static bool IsHealth(PathString path) =>
        path.StartsWithSegments(HealthEndpoints.ReadyPath, StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments(HealthEndpoints.AlivePath, StringComparison.OrdinalIgnoreCase);
}
