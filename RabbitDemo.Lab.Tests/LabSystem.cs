using System.Net.Http.Json;
using Aspire.Hosting.Testing;
using Microsoft.Playwright;
using RabbitDemo.Tests;
using RabbitDemo.Tests.AppHost;
using RabbitDemo.Tests.Brokers;
using RabbitDemo.Tests.EndToEnd;

namespace RabbitDemo.Lab.Tests;

/// <summary>The AppHost with its lab, and a browser, for all tests of the collection: they run one after the other.</summary>
public sealed class LabSystem : IAsyncLifetime, IAsyncDisposable
{
    public const string Collection = "lab";

    private static readonly string[] Services = ["producer", "consumer", "usuarios", "pedidos", "auditoria", "lab"];

    private readonly TemporaryDirectory data = new();
    private RunningSystem? system;
    private Browser? browser;

    internal RunningSystem System => system ?? throw new InvalidOperationException("There is no system here.");

    public Uri Lab { get; private set; } = new("http://localhost");

    public async Task InitializeAsync()
    {
        if (Browser.WhyNone is not null || !LocalNode.IsInstalled)
            return;

        Directory.CreateDirectory(Pictures.Folder);
        Assertions.SetDefaultExpectTimeout((float)Visit.Soon.TotalMilliseconds);
        browser = await Browser.StartAsync();
        system = await RunningSystem.StartAsync(data,
            "--Broker=process", "--Lab=true", "--RabbitDemo:Handling:Delay=00:00:00", "--RabbitDemo:Receiver:RetryDelays=00:00:00.700, 00:00:01");
        await system.HealthyAsync(Services);
        Lab = system.Application.GetEndpoint("lab", "http");
    }

    internal Task<Visit> VisitAsync(int width = 1280, int height = 900, string language = "en-GB", ColorScheme scheme = ColorScheme.Light) =>
        Visit.StartAsync(browser ?? throw new InvalidOperationException("There is no browser here."), Lab, width, height, language, scheme);

    /// <summary>At another lab than this one's.</summary>
    internal Task<Visit> VisitAsync(Uri other) =>
        Visit.StartAsync(browser ?? throw new InvalidOperationException("There is no browser here."), other);

    /// <summary>Asked of the service itself.</summary>
    public async Task ReadyAsync(string service)
    {
        using var http = System.Application.CreateHttpClient(service);
        await Eventually.TrueAsync($"{service} is ready", RunningSystem.Soon, async () => (await http.GetAsync("/health")).IsSuccessStatusCode);
    }

    /// <summary>As configured, whatever an earlier test left.</summary>
    public async Task WithoutFaultsAsync(string service)
    {
        using var http = System.Application.CreateHttpClient(service);
        await Eventually.TrueAsync($"{service} is as configured", RunningSystem.Soon, async () =>
        {
            using var response = await http.PutAsJsonAsync("/faults", new { });
            return response.IsSuccessStatusCode;
        });
    }

    public async Task DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();

        if (system is not null)
            await system.DisposeAsync();

        data.Dispose();
    }

    async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();
}

[CollectionDefinition(LabSystem.Collection)]
public sealed class LabCollection : ICollectionFixture<LabSystem>;
