using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace RabbitDemo.Tests.ServiceDefaults;

/// <summary>A collector that takes OTLP over HTTP under any path, and remembers which.</summary>
internal sealed class HttpCollector : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> requests = new();
    private readonly WebApplication app;

    private HttpCollector()
    {
        var builder = WebApplication.CreateBuilder(["--urls=http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.MapPost("{**path}", request =>
        {
            requests.Enqueue($"{request.Request.Path} {request.Request.Headers["x-signal"]}");
            return Task.CompletedTask;
        });
    }

    public string Address => app.Urls.Single();

    /// <summary>Path and header <c>x-signal</c> of each.</summary>
    public IEnumerable<string> Requests => requests;

    public static async Task<HttpCollector> StartAsync()
    {
        var collector = new HttpCollector();
        await collector.app.StartAsync();
        return collector;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
