using Microsoft.Extensions.Configuration;
using OpenTelemetry.Exporter;

namespace RabbitDemo.ServiceDefaults;

/// <summary>
/// Where one kind of telemetry goes: <c>OTEL_EXPORTER_OTLP_…</c>, or in its place <c>OTEL_EXPORTER_OTLP_{signal}_…</c>. The exporter
/// reads the latter by itself only where it is told to export every kind.
/// </summary>
internal sealed class OtlpSignal(IConfiguration configuration, string signal)
{
    private const string Prefix = "OTEL_EXPORTER_OTLP_";

    public bool HasEndpoint => Own("ENDPOINT") is not null || !string.IsNullOrWhiteSpace(configuration[$"{Prefix}ENDPOINT"]);

    /// <summary>Over what the exporter has taken from the variables for all signals. An endpoint of the signal's own is its whole path.</summary>
    public void Configure(OtlpExporterOptions options)
    {
        if (Uri.TryCreate(Own("ENDPOINT"), UriKind.Absolute, out var endpoint))
            options.Endpoint = endpoint;

        options.Headers = Own("HEADERS") ?? options.Headers;
        options.TimeoutMilliseconds = int.TryParse(Own("TIMEOUT"), out var milliseconds) ? milliseconds : options.TimeoutMilliseconds;
        options.Protocol = Own("PROTOCOL") switch
        {
            "grpc" => OtlpExportProtocol.Grpc,
            "http/protobuf" => OtlpExportProtocol.HttpProtobuf,
            _ => options.Protocol
        };
        options.Compression = Own("COMPRESSION") switch
        {
            "gzip" => OtlpExportCompression.GZip,
            "none" => OtlpExportCompression.None,
            _ => options.Compression
        };

        // Left as it is, it is replaced by the services' own clients, which are gone before the last of the telemetry is sent.
        var own = options.HttpClientFactory;
        options.HttpClientFactory = () => own();
    }

    private string? Own(string name) => configuration[$"{Prefix}{signal}_{name}"]?.Trim() is { Length: > 0 } value ? value : null;
}
