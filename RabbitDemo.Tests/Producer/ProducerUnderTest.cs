using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RabbitDemo.Messaging;
using RabbitDemo.Producer;
using RabbitDemo.Producer.Outbox;

namespace RabbitDemo.Tests.Producer;

/// <summary>The real producer on a free port, with what it logs kept.</summary>
internal sealed class ProducerUnderTest : IAsyncDisposable
{
    /// <summary>Nothing listens on port 1, and nothing may: it is reserved.</summary>
    public const string NoBroker = "amqp://guest:never-shown@127.0.0.1:1";

    private readonly WebApplication app;
    private readonly KeptLog log;

    private ProducerUnderTest(WebApplication app, KeptLog log)
    {
        (this.app, this.log) = (app, log);

        // The trace is the test's to set.
        Client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null }) { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public HttpClient Client { get; }

    public IReadOnlyList<Endpoint> Endpoints => app.Services.GetRequiredService<EndpointDataSource>().Endpoints;

    public Uri Address => Client.BaseAddress ?? throw new InvalidOperationException("The producer has no address.");

    /// <summary>Warnings and worse, of the framework as well, but for those about the broker's absence.</summary>
    public IReadOnlyList<string> Complaints => [.. log.Lines.Where(line => !line.Contains("PublisherConnection", StringComparison.Ordinal))];

    public static async Task<ProducerUnderTest> StartAsync(string broker = NoBroker, params string[] settings)
    {
        var log = new KeptLog();
        var app = ProducerApp.Build(
            [
                "--urls=http://127.0.0.1:0",
                $"--ConnectionStrings:rabbitmq={broker}",
                "--RabbitDemo:Publisher:Deadline=00:00:10",
                .. settings.Select(setting => $"--{setting}")
            ]);
        app.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);
        await app.StartAsync();
        return new(app, log);
    }

    public bool IsConnected => app.Services.GetRequiredService<PublisherConnection>().Status.Phase == ConnectionPhase.Ready;

    public int Reconnects => app.Services.GetRequiredService<PublisherConnection>().Reconnects;

    public int ChannelsReplaced => app.Services.GetRequiredService<PublisherConnection>().ChannelsReplaced;

    /// <summary>Returns when it can publish.</summary>
    public Task ReadyAsync() =>
        Eventually.TrueAsync("the producer is ready", TimeSpan.FromSeconds(20), async () => (await Client.GetAsync("/health")).IsSuccessStatusCode);

    /// <summary>Events in its outbox that the broker has not confirmed.</summary>
    public long Waiting => app.Services.GetRequiredService<EventOutbox>().Waiting;

    /// <summary>What its meters, of all in this process, have as their scope.</summary>
    public object MeterScope => app.Services.GetRequiredService<IMeterFactory>();

    /// <summary>Whether the application has such a service.</summary>
    public bool Has<T>() where T : class => app.Services.GetService<T>() is not null;

    public Task StopAsync() => app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.DisposeAsync();
    }
}
