using Grpc.Core;
using RabbitDemo.Tests.Telemetry.Otlp;

namespace RabbitDemo.Tests.Telemetry;

internal sealed class OtlpTraces(OtlpReceiver receiver) : TraceService.TraceServiceBase
{
    public override Task<TraceResponse> Export(TraceRequest request, ServerCallContext context)
    {
        foreach (var resource in request.Resources)
        {
            foreach (var scope in resource.Scopes)
            {
                foreach (var span in scope.Spans)
                    receiver.Add(new ReceivedSpan(resource.Resource.Named("service.name"), scope.Scope.Name, span));
            }
        }

        return Task.FromResult(new TraceResponse());
    }
}

internal sealed class OtlpMetrics(OtlpReceiver receiver) : MetricsService.MetricsServiceBase
{
    public override Task<MetricsResponse> Export(MetricsRequest request, ServerCallContext context)
    {
        foreach (var resource in request.Resources)
        {
            foreach (var metric in resource.Scopes.SelectMany(scope => scope.Metrics))
            {
                foreach (var number in (metric.Gauge ?? metric.Sum)?.Points ?? [])
                    Add(resource.Resource, metric, ReceivedSpan.Texts(number.Attributes), number.Whole + number.Fraction, []);

                foreach (var distribution in metric.Histogram?.Points ?? [])
                    Add(resource.Resource, metric, ReceivedSpan.Texts(distribution.Attributes), distribution.Count, [.. distribution.Bounds]);
            }
        }

        foreach (var service in request.Resources.Select(resource => resource.Resource.Named("service.name")).Distinct())
            receiver.AddedMetricsOf(service);

        return Task.FromResult(new MetricsResponse());
    }

    private void Add(Resource resource, Metric metric, Dictionary<string, string> attributes, double value, double[] bounds) =>
        receiver.Add(new ReceivedPoint(
            resource.Named("service.name"), resource.Named("service.instance.id"), metric.Name, metric.Unit, attributes, value, bounds));
}

internal sealed class OtlpLogs(OtlpReceiver receiver) : LogsService.LogsServiceBase
{
    public override Task<LogsResponse> Export(LogsRequest request, ServerCallContext context)
    {
        foreach (var resource in request.Resources)
        {
            foreach (var scope in resource.Scopes)
            {
                foreach (var record in scope.Records)
                {
                    receiver.Add(new ReceivedLog(
                        resource.Resource.Named("service.name"), scope.Scope?.Name ?? "", record.Severity, record.Body?.Text ?? "",
                        Convert.ToHexStringLower(record.TraceId.Span)));
                }
            }
        }

        return Task.FromResult(new LogsResponse());
    }
}

internal static class ResourceAttributes
{
    public static string Named(this Resource resource, string key) => resource.Attributes.FirstOrDefault(a => a.Key == key)?.Value.Text ?? "";
}
