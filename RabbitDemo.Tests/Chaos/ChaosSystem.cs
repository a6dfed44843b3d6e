using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using RabbitDemo.Tests.AppHost;
using RabbitDemo.Tests.Brokers;

namespace RabbitDemo.Tests.Chaos;

/// <summary>The whole system as its AppHost starts it, with a broker and a network that can be broken. It keeps running from test to test.</summary>
public class ChaosSystem : IAsyncLifetime, IAsyncDisposable
{
    private const string Pid = "executable.pid";
    private static readonly string[] Services = ["producer", "consumer", "usuarios", "pedidos", "auditoria"];
    private static readonly TimeSpan AnswersWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RestsWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(15);

    private readonly TemporaryDirectory data = new();
    private BrokerProxy? proxy;
    private RunningAppHost? appHost;
    private ConsumerClient? consumer;
    private Witness? witness;
    private TestVirtualHost? virtualHost;
    private HttpClient? health;

    public TestBroker Broker { get; } = new();

    /// <summary>What a round may break.</summary>
    internal virtual IReadOnlyList<Fault> Faults => Fault.All;

    public TestVirtualHost VirtualHost => virtualHost ?? throw NotRunning;

    internal BrokerProxy Network => proxy ?? throw NotRunning;

    internal ConsumerClient Consumer => consumer ?? throw NotRunning;

    internal Witness Witness => witness ?? throw NotRunning;

    internal Uri Producer => Application.GetEndpoint("producer", "http");

    private DistributedApplication Application => appHost?.Application ?? throw NotRunning;

    private static InvalidOperationException NotRunning => new("The system is not running.");

    public async Task InitializeAsync()
    {
        if (!CanRun)
            return;

        var store = await StartStoreAsync();
        await Broker.InitializeAsync();
        virtualHost = await Broker.CreateVirtualHostAsync();
        proxy = new(Broker.Amqp.Port);
        var address = new UriBuilder(virtualHost.Amqp) { Port = proxy.Port }.Uri;
        appHost = await RunningAppHost.StartAsync(data,
        [
            "--Broker=external", $"--ConnectionStrings:rabbitmq={address}",
            "--RabbitDemo:Handling:Delay=00:00:00", "--RabbitDemo:Receiver:Prefetch=50", "--RabbitDemo:Store:TimeoutSeconds=1",
            $"--RabbitDemo:Queues:Type={ChaosSettings.Queues}",
            .. store, .. Services.Select(name => $"--Services:{name}:Logging:LogLevel:Default=Warning")
        ]);
        foreach (var service in Services)
            await appHost.HealthyAsync(service);

        health = new() { Timeout = TimeSpan.FromSeconds(2) };
        consumer = new(Application.GetEndpoint("consumer", "http"));
        witness = new(consumer);
    }

    public async Task DisposeAsync()
    {
        health?.Dispose();
        consumer?.Dispose();
        if (appHost is not null)
            await appHost.DisposeAsync();

        proxy?.Dispose();
        await Broker.DisposeAsync();
        await StopStoreAsync();
        data.Dispose();
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected virtual bool CanRun => TestBroker.CanBreak;

    /// <summary>What the consumer keeps its store in; without settings, a SQLite file.</summary>
    /// <returns>Settings as on the AppHost's command line.</returns>
    protected virtual Task<string[]> StartStoreAsync() => Task.FromResult<string[]>([]);

    protected virtual Task StopStoreAsync() => Task.CompletedTask;

    /// <summary>Ends what an earlier test may have left, and waits until nothing is under way; returns the books as they are then.</summary>
    internal async Task<Books> AtRestAsync()
    {
        var books = await Eventually.GetAsync("the system is at rest", RestsWithin, async () =>
        {
            await Consumer.SetFaultsAsync(new { });
            return await Consumer.BooksAsync();
        }, books => books.RanEmpty);
        await Witness.ReadOnAsync();
        return books;
    }

    /// <summary>Which process each service is.</summary>
    internal Dictionary<string, int> ProcessIds() => Services.ToDictionary(name => name, ProcessId);

    internal int ProcessId(string service) =>
        State(service).Snapshot.Properties.FirstOrDefault(p => p.Name == Pid)?.Value is { } value
            ? Convert.ToInt32(value, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"{service} has no process.");

    /// <summary>SIGKILL, as a crash ends a process.</summary>
    internal async Task KillAsync(string service)
    {
        using (var process = System.Diagnostics.Process.GetProcessById(ProcessId(service)))
            process.Kill(entireProcessTree: true);

        await EndedAsync(service);
    }

    /// <summary>SIGTERM; returns the exit code.</summary>
    internal async Task<int?> StopAsync(string service)
    {
        var stopped = await Application.ResourceCommands.ExecuteCommandAsync(State(service).ResourceId, KnownResourceCommands.StopCommand);
        Assert.True(stopped.Success, stopped.Message);
        return (await EndedAsync(service)).Snapshot.ExitCode;
    }

    internal async Task LaunchAsync(string service)
    {
        var started = await Application.ResourceCommands.ExecuteCommandAsync(State(service).ResourceId, KnownResourceCommands.StartCommand);
        Assert.True(started.Success, started.Message);
    }

    /// <summary>Returns when it answers: how long a process takes to come up says nothing about recovery.</summary>
    internal async Task StartAsync(string service)
    {
        await LaunchAsync(service);
        await Eventually.TrueAsync($"{service} answers", AnswersWithin, async () =>
        {
            using var response = await (health ?? throw NotRunning).GetAsync(new Uri(Application.GetEndpoint(service, "http"), "/alive"));
            return response.IsSuccessStatusCode;
        });
    }

    internal async Task<ResourceEvent> EndedAsync(string service)
    {
        using var deadline = new CancellationTokenSource(EndsWithin);
        return await Application.ResourceNotifications.WaitForResourceAsync(
            service, e => KnownResourceStates.TerminalStates.Contains(e.Snapshot.State?.Text), deadline.Token);
    }

    /// <summary>Keeps the consumer's store from everybody else until it is disposed of.</summary>
    internal Task<SqliteConnection> LockStoreAsync() => StoreLock.TakeAsync(Path.Combine(data.Path, "consumer.db"));

    /// <summary>The services that are not ready now, with what they say.</summary>
    internal async Task<string[]> NotReadyAsync(params string[] services)
    {
        var answers = await Task.WhenAll((services.Length > 0 ? services : Services).Select(async service =>
        {
            try
            {
                using var response = await (health ?? throw NotRunning).GetAsync(new Uri(Application.GetEndpoint(service, "http"), "/health"));
                return response.IsSuccessStatusCode ? "" : $"{service}: {await response.Content.ReadAsStringAsync()}";
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException)
            {
                return $"{service}: {e.Message}";
            }
        }));
        return [.. answers.Where(a => a.Length > 0)];
    }

    /// <summary>What a service has written, the lines about failed attempts left out.</summary>
    internal async Task<IReadOnlyList<string>> LogAsync(string service)
    {
        var loggers = Application.Services.GetRequiredService<ResourceLoggerService>();
        List<string> lines = [];
        await foreach (var batch in loggers.GetAllAsync(State(service).ResourceId))
            lines.AddRange(batch.Select(line => line.Content).Where(line => !line.Contains("Attempt ", StringComparison.Ordinal)));

        return lines;
    }

    private ResourceEvent State(string service) =>
        Application.ResourceNotifications.TryGetCurrentState(service, out var state) ? state : throw new InvalidOperationException($"There is no {service}.");
}
