using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

public enum OtlpProtocol
{
    Grpc,
    HttpProtobuf,
    HttpJson,
}

public static class OtlpConfigurationExtensions
{
    public static IResourceBuilder<T> WithOtlpExporter<T>(this IResourceBuilder<T> builder) where T : IResourceWithEnvironment => builder.WithOtlpExporter(null);

    public static IResourceBuilder<T> WithOtlpExporter<T>(this IResourceBuilder<T> builder, OtlpProtocol protocol) where T : IResourceWithEnvironment =>
        builder.WithOtlpExporter((OtlpProtocol?)protocol);

    private static IResourceBuilder<T> WithOtlpExporter<T>(this IResourceBuilder<T> builder, OtlpProtocol? required) where T : IResourceWithEnvironment
    {
        var configuration = builder.ApplicationBuilder.Configuration;
        builder.WithAnnotation(new OtlpExporterAnnotation { RequiredProtocol = required }, ResourceAnnotationMutationBehavior.Replace);
        return builder.WithEnvironment(context =>
        {
            var variables = context.EnvironmentVariables;
            variables["OTEL_SERVICE_NAME"] = builder.Resource.Name;
            variables["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={InstanceText.InstanceId}";
            if (Collector(configuration, required) is var (url, protocol) && IsListening(url))
            {
                variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = url;
                variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol;
            }

            if (configuration["AppHost:OtlpApiKey"] is { } key)
                variables["OTEL_EXPORTER_OTLP_HEADERS"] = $"x-otlp-api-key={key}";

            if (builder.ApplicationBuilder.Environment.IsDevelopment())
                SetDevelopment(variables);
        });
    }

    private static void SetDevelopment(Dictionary<string, object> variables)
    {
        variables["OTEL_BLRP_SCHEDULE_DELAY"] = "1000";
        variables["OTEL_BSP_SCHEDULE_DELAY"] = "1000";
        variables["OTEL_METRIC_EXPORT_INTERVAL"] = "1000";
        variables["OTEL_TRACES_SAMPLER"] = "always_on";
        variables["OTEL_METRICS_EXEMPLAR_FILTER"] = "trace_based";
    }

    /// <summary>
    /// A launch profile names where Aspire's dashboard would listen. Services that export to nobody would spend their time, and
    /// the last seconds of their lives, on trying.
    /// </summary>
    private static bool IsListening(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || !address.IsLoopback)
            return true;

        try
        {
            using var client = new TcpClient(address.Host, address.Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Aspire falls back to its dashboard's port. There is no dashboard here, so without an address nothing is exported.</summary>
    private static (string Url, string Protocol)? Collector(ConfigurationManager configuration, OtlpProtocol? required)
    {
        var grpc = configuration["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] ?? configuration["DOTNET_DASHBOARD_OTLP_ENDPOINT_URL"];
        var http = configuration["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] ?? configuration["DOTNET_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"];
        return required switch
        {
            null or OtlpProtocol.Grpc when grpc is not null => (grpc, "grpc"),
            null or OtlpProtocol.HttpProtobuf when http is not null => (http, "http/protobuf"),
            OtlpProtocol.HttpJson when http is not null => (http, "http/json"),
            _ => null,
        };
    }
}
