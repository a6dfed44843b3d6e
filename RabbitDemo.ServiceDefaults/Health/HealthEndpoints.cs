using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace RabbitDemo.ServiceDefaults;

internal static class HealthEndpoints
{
    public const string ReadyPath = "/health";
    public const string AlivePath = "/alive";

    /// <summary>The tag of checks that say whether the process works at all: never one that asks the broker or a store.</summary>
    public const string Live = "live";

    /// <summary>Reasons name hosts and queues, so outside development <c>/health</c> says one word.</summary>
    public static void MapHealth(this WebApplication app)
    {
        var ready = new HealthCheckOptions();
        if (app.Environment.IsDevelopment())
            ready.ResponseWriter = WriteReasonsAsync;

        app.MapHealthChecks(ReadyPath, ready);
        app.MapHealthChecks(AlivePath, new HealthCheckOptions { Predicate = check => check.Tags.Contains(Live) });
    }

    private static Task WriteReasonsAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(
        new HealthReasons(
            report.Status.ToString(),
            report.Entries.ToDictionary(e => e.Key, e => new HealthReason(e.Value.Status.ToString(), e.Value.Description ?? e.Value.Exception?.Message))),
        HealthJson.Default.HealthReasons,
        cancellationToken: context.RequestAborted);
}
