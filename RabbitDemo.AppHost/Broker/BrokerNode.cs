using System.Security.Cryptography;
using System.Text;

namespace RabbitDemo.AppHost;

/// <summary>
/// The private node on disk and in its environment: nothing of the system's RabbitMQ is read or written, and everything
/// listens on 127.0.0.1.
/// </summary>
internal sealed record BrokerNode(ServerInstallation Installation, string Directory, int AmqpPort, int ManagementPort, int MetricsPort)
{
    /// <summary>
    /// Milliseconds. Before 3.13.2 (rabbitmq-server#11070) the management plugin's event handler waits 5 s, as it ends, for the very
    /// process that waits for it; with the rest of an end that is more than the 6 s after which Aspire's orchestrator kills. Its supervisor
    /// kills it earlier, and logs that as an error; queues and message stores, which have limits of their own, have ended by then.
    /// </summary>
    private const string WorkersEndSoon = "-rabbit worker_shutdown_timeout 2000";

    private readonly string run = RandomNumberGenerator.GetHexString(8);

    public int EpmdPort { get; } = Ports.Any();

    /// <summary>What only this directory's nodes have among their arguments, by which the scripts know their processes.</summary>
    public string Mark { get; } = $"rabbitdemo-{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Directory)))[..16]}";

    /// <summary>The same for this run's nodes alone: the guardian of a run that is over must not end those of the next.</summary>
    public string RunMark => $"{Mark}-{run}";

    private int DistributionPort { get; } = Ports.Any();

    private string Home => InDirectory("home");

    public static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "Broker", name);

    /// <summary>Writes what the server reads at its start. User and password count for an empty data directory only.</summary>
    public void WriteFiles(string user, string password)
    {
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        System.IO.Directory.CreateDirectory(Home);
        Write("rabbitmq-env.conf", owner, "");
        Write("enabled_plugins", owner, "[rabbitmq_management,rabbitmq_prometheus].\n");
        Write("rabbitmq.conf", owner, $"""
            listeners.tcp.1 = 127.0.0.1:{AmqpPort}
            management.tcp.ip = 127.0.0.1
            management.tcp.port = {ManagementPort}
            prometheus.tcp.ip = 127.0.0.1
            prometheus.tcp.port = {MetricsPort}
            collect_statistics_interval = 1000
            loopback_users = none
            log.console = true
            log.console.level = warning

            """);

        // Erlang's own format, since a password may hold what rabbitmq.conf would cut off or read as a comment.
        Write("advanced.config", owner, $"[{{rabbit, [{{default_user, {Binary(user)}}}, {{default_pass, {Binary(password)}}}]}}].\n");

        // The cookie must not change while the node runs, and must be its owner's alone.
        var cookie = Path.Combine(Home, ".erlang.cookie");
        if (!File.Exists(cookie))
            Write(cookie, UnixFileMode.UserRead, RandomNumberGenerator.GetHexString(20));
    }

    public Dictionary<string, string> Environment() => new()
    {
        ["HOME"] = Home,
        ["LANG"] = "C.UTF-8",
        ["ERL_EPMD_PORT"] = $"{EpmdPort}",
        ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
        ["ERL_CRASH_DUMP"] = InDirectory("erl_crash.dump"),
        ["RABBITMQ_NODENAME"] = "rabbitmq@localhost",
        ["RABBITMQ_DIST_PORT"] = $"{DistributionPort}",
        ["RABBITMQ_DATA_DIR"] = Directory,
        ["RABBITMQ_MNESIA_BASE"] = InDirectory("mnesia"),
        ["RABBITMQ_GENERATED_CONFIG_DIR"] = InDirectory("generated"),
        ["RABBITMQ_CONF_ENV_FILE"] = InDirectory("rabbitmq-env.conf"),
        ["RABBITMQ_CONFIG_FILE"] = InDirectory("rabbitmq.conf"),
        ["RABBITMQ_CONFIG_FILES"] = InDirectory("conf.d"),
        ["RABBITMQ_ADVANCED_CONFIG_FILE"] = InDirectory("advanced.config"),
        ["RABBITMQ_ENABLED_PLUGINS_FILE"] = InDirectory("enabled_plugins"),
        ["RABBITMQ_LOG_BASE"] = InDirectory("log"),
        ["RABBITMQ_LOGS"] = "-",
        ["RABBITMQ_PID_FILE"] = InDirectory("rabbitmq.pid"),

        // The script then becomes the Erlang VM, whose pid the orchestrator and the guardian know; +B i since Ctrl+C is the
        // orchestrator's to answer; no busy waiting, which costs an idle machine.
        ["RUNNING_UNDER_SYSTEMD"] = "1",
        ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] =
            "+B i +sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1} -start_epmd false "
            + $"{WorkersEndSoon} {DeadLetterWorker.TriesAgainSoon} -{RunMark}"
    };

    private static string Binary(string text) => $"<<{string.Join(',', Encoding.UTF8.GetBytes(text))}>>";

    private string InDirectory(string name) => Path.Combine(Directory, name);

    private void Write(string name, UnixFileMode mode, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = mode;

        using var file = new FileStream(InDirectory(name), options);
        file.Write(Encoding.UTF8.GetBytes(text));
    }
}
