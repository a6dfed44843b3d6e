using RabbitDemo.AppHost;

namespace RabbitDemo.Tests.Brokers;

/// <summary>A RabbitMQ node of this test run alone: own data, home, cookie, ports and epmd, all on 127.0.0.1, all gone afterwards.</summary>
internal sealed class LocalNode : IAsyncDisposable
{
    public const string Scripts = "/usr/lib/rabbitmq/bin";
    public const string User = "app";
    public const string Password = "secret";

    public static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(60);

    private const string FolderPrefix = "rabbitdemo-test-";
    private const string ArgumentsVariable = "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS";

    private readonly string folder = RunFolder.Create(FolderPrefix);
    private readonly int[] ports = LoopbackPorts.Free(3);
    private readonly Dictionary<string, string> environment;
    private readonly ClusterSeat seat;
    private GuardedProcess? epmd;
    private GuardedProcess? server;
    private bool isPrepared;

    public LocalNode() : this(new ClusterSeat("test", LoopbackPorts.Free(1)[0], Guid.NewGuid().ToString("N"), []))
    {
    }

    /// <summary>One of several: those that share the seat's port mapper and cookie find each other.</summary>
    public LocalNode(ClusterSeat seat)
    {
        this.seat = seat;
        Name = $"{seat.Name}@localhost";
        environment = new()
        {
            ["PATH"] = $"{Scripts}:/usr/sbin:/usr/bin:/sbin:/bin",
            ["LANG"] = "C.UTF-8",
            ["HOME"] = folder,
            ["RUNNING_UNDER_SYSTEMD"] = "1", // the start script then becomes the server instead of starting a child
            ["ERL_EPMD_PORT"] = $"{seat.MapperPort}",
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
            ["ERL_CRASH_DUMP_SECONDS"] = "0",
            ["RABBITMQ_NODENAME"] = Name,
            ["RABBITMQ_DIST_PORT"] = $"{ports[0]}",
            ["RABBITMQ_DATA_DIR"] = InFolder("data"),
            ["RABBITMQ_MNESIA_BASE"] = InFolder("data/mnesia"),
            ["RABBITMQ_GENERATED_CONFIG_DIR"] = InFolder("data/config"),
            ["RABBITMQ_LOG_BASE"] = InFolder("data/log"),
            ["RABBITMQ_LOGS"] = "-",
            ["RABBITMQ_PID_FILE"] = InFolder("server.pid"),
            ["RABBITMQ_CONF_ENV_FILE"] = InFolder("env.conf"),
            ["RABBITMQ_CONFIG_FILE"] = InFolder("rabbitmq.conf"),
            ["RABBITMQ_CONFIG_FILES"] = InFolder("conf.d"),
            ["RABBITMQ_ADVANCED_CONFIG_FILE"] = InFolder("advanced.config"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = InFolder("enabled_plugins"),
            [ArgumentsVariable] = "-kernel inet_dist_use_interface {127,0,0,1} -start_epmd false " + DeadLetterWorker.TriesAgainSoon
        };
    }

    /// <summary>More arguments for the Erlang VM that it runs on.</summary>
    public string RuntimeArguments
    {
        init => environment[ArgumentsVariable] += $" {value}";
    }

    public static bool IsInstalled => File.Exists($"{Scripts}/rabbitmq-server");

    /// <summary>As the cluster knows it.</summary>
    public string Name { get; }

    public Uri Amqp => new($"amqp://{User}:{Password}@127.0.0.1:{ports[1]}");

    public Uri Management => new($"http://127.0.0.1:{ports[2]}/");

    /// <summary>Starts, or starts again on the same data and ports; returns when it takes connections.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!isPrepared)
        {
            RunFolder.DeleteThoseOfKilledRuns(FolderPrefix);
            await WriteFilesAsync(cancellationToken);
            isPrepared = true;
        }

        if (epmd is null && seat.IsFirst)
        {
            epmd = await GuardedProcess.StartAsync(
                ["epmd", "-port", $"{seat.MapperPort}", "-address", "127.0.0.1"], environment, InFolder("epmd.log"), cancellationToken);
        }

        server = await GuardedProcess.StartAsync([$"{Scripts}/rabbitmq-server"], environment, InFolder("server.log"), cancellationToken);
        using var management = new ManagementApi(Management, User, Password);
        await Eventually.TrueAsync("the private RabbitMQ node answers", StartsWithin, async () =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            return !server.IsRunning || await management.IsUpAsync();
        });

        if (!server.IsRunning)
            throw new InvalidOperationException($"The private RabbitMQ node did not start:\n{await File.ReadAllTextAsync(InFolder("server.log"), cancellationToken)}");
    }

    /// <summary>SIGKILL, as a crash would.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        if (server is not null)
            await server.KillAsync(cancellationToken);

        server = null;
    }

    /// <summary>SIGSTOP: its connections stay, and nothing answers until <see cref="Resume"/>.</summary>
    public void Suspend() => server?.Signal("STOP");

    public void Resume() => server?.Signal("CONT");

    /// <summary>SIGTERM; returns when it has ended.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (server is not null)
            await server.StopAsync(cancellationToken);

        server = null;
    }

    /// <summary>Runs <c>rabbitmqctl</c> against this node.</summary>
    public Task ControlAsync(string[] arguments, CancellationToken cancellationToken) =>
        ControlTool.RunAsync(environment, arguments, cancellationToken);

    /// <summary>Without the seconds that an orderly end takes: its data go with it.</summary>
    public async ValueTask DisposeAsync()
    {
        await KillAsync(CancellationToken.None);
        if (epmd is not null)
            await epmd.StopAsync(CancellationToken.None);

        Directory.Delete(folder, recursive: true);
    }

    private string InFolder(string name) => Path.Combine(folder, name);

    private async Task WriteFilesAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(InFolder("data/log"));
        Directory.CreateDirectory(InFolder("conf.d"));
        await File.WriteAllTextAsync(InFolder("env.conf"), "", cancellationToken);
        await File.WriteAllTextAsync(InFolder("enabled_plugins"), "[rabbitmq_management].", cancellationToken);
        await File.WriteAllTextAsync(InFolder(".erlang.cookie"), seat.Cookie, cancellationToken);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(InFolder(".erlang.cookie"), UnixFileMode.UserRead);
        await File.WriteAllTextAsync(InFolder("rabbitmq.conf"), $"""
            listeners.tcp.1 = 127.0.0.1:{ports[1]}
            management.tcp.ip = 127.0.0.1
            management.tcp.port = {ports[2]}
            default_user = {User}
            default_pass = {Password}
            collect_statistics_interval = 500
            log.console = true
            log.console.level = warning
            log.file = false
            vm_memory_high_watermark.absolute = 2GB
            disk_free_limit.absolute = 50MB
            cluster_formation.discovery_retry_limit = 1
            {string.Join('\n', seat.Members.Select((member, i) => $"cluster_formation.classic_config.nodes.{i + 1} = {member}@localhost"))}

            """, cancellationToken);
    }
}
