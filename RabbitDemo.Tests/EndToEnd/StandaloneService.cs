using System.Collections;
using System.Net.Http.Json;
using System.Text.Json;
using RabbitDemo.Tests.AppHost;
using RabbitDemo.Tests.Brokers;

namespace RabbitDemo.Tests.EndToEnd;

/// <summary>A service as a program by itself, which is told by its environment what the AppHost would tell it; its files are in a folder of its own.</summary>
internal sealed class StandaloneService : IAsyncDisposable
{
    private readonly Type program;
    private readonly TemporaryDirectory folder = new();
    private readonly Dictionary<string, string> environment;
    private GuardedProcess? process;

    /// <param name="program">A type of its assembly.</param>
    /// <param name="broker">Its connection string.</param>
    /// <param name="trusted">The certificates that it trusts, in PEM; null for those that the system does.</param>
    public StandaloneService(Type program, Uri broker, string? trusted)
    {
        this.program = program;
        environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(v => (string)v.Key, v => (string?)v.Value ?? "");
        environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        environment["ASPNETCORE_URLS"] = $"http://127.0.0.1:{LoopbackPorts.Free(1)[0]}";
        environment["ConnectionStrings__rabbitmq"] = broker.ToString();
        environment["RabbitDemo__Store__Path"] = InFolder("store.db");
        if (trusted is not null)
        {
            File.WriteAllText(InFolder("trusted.pem"), trusted);
            environment["SSL_CERT_FILE"] = InFolder("trusted.pem");
        }

        Http = new() { BaseAddress = new(environment["ASPNETCORE_URLS"]) };
    }

    public HttpClient Http { get; }

    /// <summary>More of its environment.</summary>
    public StandaloneService With(string name, string value)
    {
        environment[name] = value;
        return this;
    }

    /// <summary>Starts it, or starts it again.</summary>
    public async Task StartAsync() =>
        process = await GuardedProcess.StartAsync(["dotnet", program.Assembly.Location], environment, InFolder("log"), CancellationToken.None);

    public Task HealthyAsync() => Eventually.TrueAsync($"{program.Name} is healthy", RunningSystem.Soon, async () =>
        (await Http.GetAsync("/health")).IsSuccessStatusCode);

    /// <summary>Waits until its health names the reason.</summary>
    public Task UnhealthyAsync(string reason) => Eventually.GetAsync($"{program.Name} says why it is not healthy", RunningSystem.Soon, async () =>
    {
        using var response = await Http.GetAsync("/health");
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).ToString();
    }, health => health.Contains(reason, StringComparison.Ordinal));

    public Task<string> LogAsync() => File.ReadAllTextAsync(InFolder("log"));

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        if (process is not null)
            await process.KillAsync(CancellationToken.None);

        process = null;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Http.Dispose();
        folder.Dispose();
    }

    private string InFolder(string name) => Path.Combine(folder.Path, name);
}
