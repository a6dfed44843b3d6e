namespace RabbitDemo.Tests.Brokers;

/// <summary>
/// The real RabbitMQ that the tests of a collection share: the one that <c>RABBITDEMO_TEST_AMQP</c> names
/// (and <c>RABBITDEMO_TEST_MANAGEMENT</c>, its HTTP API), or else a private node of the installed server, or else a container.
/// </summary>
/// <remarks>Nothing that it starts outlives the test host, however that ends.</remarks>
public sealed class TestBroker : IAsyncLifetime, IAsyncDisposable
{
    private static readonly string? GivenAmqp = Environment.GetEnvironmentVariable("RABBITDEMO_TEST_AMQP");
    private static readonly string? GivenManagement = Environment.GetEnvironmentVariable("RABBITDEMO_TEST_MANAGEMENT");
    private static readonly TimeSpan AlarmWithin = TimeSpan.FromSeconds(15);

    private LocalNode? node;
    private ContainerNode? container;
    private ManagementApi? management;

    /// <summary>Why no broker can be had here; null when one can.</summary>
    public static string? WhyNone { get; } =
        GivenAmqp is not null || LocalNode.IsInstalled || ContainerNode.EngineAnswers
            ? null
            : "No RabbitMQ: install rabbitmq-server, start a container engine, or set RABBITDEMO_TEST_AMQP.";

    /// <summary>The broker is a private node, which may be killed, stopped and starved.</summary>
    public static bool CanBreak => GivenAmqp is null && LocalNode.IsInstalled;

    public Uri Amqp { get; private set; } = new("amqp://guest:guest@127.0.0.1:5672");

    internal ManagementApi Management => management ?? throw new InvalidOperationException(WhyNone ?? "The broker has not been started.");

    private LocalNode Node => node ?? throw new InvalidOperationException("Only a private node can be broken.");

    public async Task InitializeAsync()
    {
        if (WhyNone is not null)
            return;

        Uri http;
        if (GivenAmqp is not null)
        {
            (Amqp, http) = (new Uri(GivenAmqp), new Uri(GivenManagement ?? $"http://{new Uri(GivenAmqp).Host}:15672/"));
        }
        else if (LocalNode.IsInstalled)
        {
            node = new LocalNode();
            await node.StartAsync(CancellationToken.None);
            (Amqp, http) = (node.Amqp, node.Management);
        }
        else
        {
            container = new ContainerNode();
            await container.StartAsync(CancellationToken.None);
            (Amqp, http) = (container.Amqp, container.Management);
        }

        var credentials = (http.UserInfo.Length > 0 ? http : Amqp).UserInfo.Split(':').Select(Uri.UnescapeDataString).ToArray();
        management = new ManagementApi(http, credentials.ElementAtOrDefault(0) ?? "guest", credentials.ElementAtOrDefault(1) ?? "guest");
    }

    /// <summary>A fresh virtual host under a name that no other run has; disposing of it deletes it with all that is in it.</summary>
    public async Task<TestVirtualHost> CreateVirtualHostAsync()
    {
        var virtualHost = new TestVirtualHost(this);
        await virtualHost.InitializeAsync();
        return virtualHost;
    }

    /// <summary>SIGKILL to the node; its data stays.</summary>
    public Task KillAsync(CancellationToken cancellationToken) => Node.KillAsync(cancellationToken);

    /// <summary>SIGTERM to the node; returns when it has ended.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Node.StopAsync(cancellationToken);

    /// <summary>Starts the node again, with the same data and ports; returns when it answers.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => Node.StartAsync(cancellationToken);

    /// <summary>Closes every connection to a virtual host from inside the node: unlike the management API it knows all of them at once.</summary>
    public Task CloseConnectionsAsync(string virtualHost, CancellationToken cancellationToken) =>
        Node.ControlAsync(["close_all_connections", "--vhost", virtualHost, "closed by an operator"], cancellationToken);

    /// <summary>Every publishing connection is blocked from when this returns.</summary>
    public async Task SetMemoryAlarmAsync(CancellationToken cancellationToken)
    {
        await Node.ControlAsync(["set_vm_memory_high_watermark", "absolute", "1MB"], cancellationToken);
        await Eventually.TrueAsync("the memory alarm is on", AlarmWithin, Management.HasMemoryAlarmAsync);
    }

    public async Task ClearMemoryAlarmAsync(CancellationToken cancellationToken)
    {
        await Node.ControlAsync(["set_vm_memory_high_watermark", "absolute", "2GB"], cancellationToken);
        await Eventually.TrueAsync("the memory alarm is off", AlarmWithin, async () => !await Management.HasMemoryAlarmAsync());
    }

    public async Task DisposeAsync()
    {
        management?.Dispose();
        if (node is not null)
            await node.DisposeAsync();

        if (container is not null)
            await container.DisposeAsync();
    }

    async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();
}
