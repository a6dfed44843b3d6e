using Microsoft.Extensions.Options;

namespace RabbitDemo.Lab.Services;

/// <summary>Links into Aspire's dashboard, where there is one that gets our traces.</summary>
internal sealed class DashboardLinks(IOptions<LabOptions> options, IConfiguration configuration)
{
    private readonly Uri? address = string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]) ? null : options.Value.Dashboard;

    public Uri? Home => address;

    /// <summary>Null without a dashboard, and for what is no trace id: an address is never made of what an event says.</summary>
    public Uri? Trace(string traceId) =>
        address is not null && traceId.Length == 32 && traceId.All(char.IsAsciiHexDigitLower) ? new(address, $"/traces/detail/{traceId}") : null;
}
