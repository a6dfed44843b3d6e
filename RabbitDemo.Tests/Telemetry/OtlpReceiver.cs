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
    private readonly ConcurrentQueue<ReceivedSpan> spans = new();
    private readonly ConcurrentQueue<ReceivedLog> logs = new();
    private readonly ConcurrentDictionary<string, ReceivedPoint> points = new();
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

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
