using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace RabbitDemo.Tests.Telemetry;

/// <summary>A collector: the OpenTelemetry protocol over gRPC, as any backend takes it, kept in memory.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private static readonly TimeSpan ExportsWithin = TimeSpan.FromSeconds(10);

    private readonly ConcurrentQueue<ReceivedSpan> spans = new();
    private readonly ConcurrentQueue<ReceivedLog> logs = new();
    private readonly ConcurrentDictionary<string, ReceivedPoint> points = new();
    private readonly ConcurrentDictionary<string, int> metricExports = new();
    private readonly WebApplication app;

    private OtlpReceiver()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(this);
        app = builder.Build();
        app.MapGrpcService<OtlpTraces>();
        app.MapGrpcService<OtlpMetrics>();
        app.MapGrpcService<OtlpLogs>();
    }

    public string Endpoint => app.Urls.Single();

    public IEnumerable<ReceivedSpan> Spans => spans;

    public IEnumerable<ReceivedLog> Logs => logs;

    public IEnumerable<ReceivedPoint> Points => points.Values;

    /// <summary>Waits until <see cref="Points"/> holds all that a service has counted by now.</summary>
    public async Task MetricsAsync(string service)
    {
        // One export may be under way, with what was counted before; the next begins when that has ended.
        var before = metricExports.GetValueOrDefault(service);
        await Eventually.GetAsync($"{service} exports its metrics twice", ExportsWithin, () => Task.FromResult(metricExports.GetValueOrDefault(service) - before), more => more >= 2);
    }

    public static async Task<OtlpReceiver> StartAsync()
    {
        var receiver = new OtlpReceiver();
        await receiver.app.StartAsync();
        return receiver;
    }

    public void Add(ReceivedSpan span) => spans.Enqueue(span);

    public void Add(ReceivedLog log) => logs.Enqueue(log);

    /// <summary>In place of the point before it in the same series.</summary>
    public void Add(ReceivedPoint point) => points[string.Join('|',
        [point.Service, point.Instance, point.Name, .. point.Attributes.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => $"{a.Key}={a.Value}")])] = point;

    /// <summary>All points of an export have been added.</summary>
    public void AddedMetricsOf(string service) => metricExports.AddOrUpdate(service, 1, (_, exports) => exports + 1);

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
