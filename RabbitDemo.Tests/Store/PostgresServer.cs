using System.Diagnostics;
using Npgsql;
using RabbitDemo.Tests.Brokers;

namespace RabbitDemo.Tests.Store;

/// <summary>A PostgreSQL server of this test run alone, on a free port of 127.0.0.1; it does not outlive the run.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private const string FolderPrefix = "rabbitdemo-postgres-";

    /// <summary>The server refuses to run as root: then it runs as the user that its package made.</summary>
    private static readonly string[] Unprivileged = Environment.IsPrivilegedProcess
        ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]
        : [];

    private static readonly Dictionary<string, string> Settings = new()
    {
        ["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin",
        ["LANG"] = "C.UTF-8"
    };

    private static readonly string? Programs = Directory.Exists("/usr/lib/postgresql")
        ? Directory.EnumerateDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")).LastOrDefault(bin => File.Exists(Path.Combine(bin, "initdb")))
        : null;

    private readonly string folder = RunFolder.Create(FolderPrefix);
    private GuardedProcess? server;
    private int databases;

    private PostgresServer()
    {
    }

    /// <summary>Why none can be had here; null when one can.</summary>
    public static string? WhyNone { get; } = Programs is null ? "No PostgreSQL: install postgresql, whose own cluster need not run." : null;

    public int Port { get; } = LoopbackPorts.Free(1)[0];

    private string Data => Path.Combine(folder, "data");

    private string Log => Path.Combine(folder, "server.log");

    public static async Task<PostgresServer> StartAsync(CancellationToken cancellationToken)
    {
        RunFolder.DeleteThoseOfKilledRuns(FolderPrefix);
        var created = new PostgresServer();
        if (Environment.IsPrivilegedProcess)
            await RunAsync(["chown", "postgres:postgres", created.folder], cancellationToken);

        await RunAsync(
            [.. Unprivileged, $"{Programs}/initdb", "-D", created.Data, "-U", "app", "--auth=trust", "-E", "UTF8", "--locale=C", "-N"], cancellationToken);
        await created.RunServerAsync(cancellationToken);
        return created;
    }

    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"store{++databases}";
        await using var source = NpgsqlDataSource.Create(ConnectionString("postgres"));
        await using var create = source.CreateCommand($"CREATE DATABASE {name}");
        await create.ExecuteNonQueryAsync();
        return ConnectionString(name);
    }

    /// <summary>SIGKILL, a while without a server, and a start on the same data.</summary>
    public Task CrashAsync(TimeSpan downFor, CancellationToken cancellationToken) =>
        CrashAsync(() => Task.Delay(downFor, cancellationToken), cancellationToken);

    /// <summary>SIGKILL, and a start on the same data at the end of <paramref name="whileDown"/>, however that ends.</summary>
    public async Task CrashAsync(Func<Task> whileDown, CancellationToken cancellationToken)
    {
        if (server is not null)
            await server.KillAsync(cancellationToken);

        try
        {
            await whileDown();
        }
        finally
        {
            await RunServerAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (server is not null)
        {
            server.Signal("INT"); // a fast end: at a TERM it would wait for clients, be killed, and leave its shared memory behind
            await server.StopAsync(CancellationToken.None);
        }

        Directory.Delete(folder, recursive: true);
    }

    private static async Task RunAsync(string[] command, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} did not start.");
        var output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{string.Join(' ', command)}: {string.Concat(output)}");
    }

    private async Task RunServerAsync(CancellationToken cancellationToken)
    {
        // The file that says which process serves this data is left by a crash.
        File.Delete(Path.Combine(Data, "postmaster.pid"));
        // -F: what survives here is the end of a process, not of the machine, and nothing need be flushed for that.
        server = await GuardedProcess.StartAsync(
            [.. Unprivileged, $"{Programs}/postgres", "-D", Data, "-h", "127.0.0.1", "-p", $"{Port}", "-k", "", "-F"], Settings, Log, cancellationToken);
        await Eventually.TrueAsync("the private PostgreSQL server answers", TimeSpan.FromSeconds(30), async () =>
        {
            if (!server.IsRunning)
                throw new InvalidOperationException(await File.ReadAllTextAsync(Log, cancellationToken));

            await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
            await connection.OpenAsync(cancellationToken);
            return true;
        });
    }

    private string ConnectionString(string database) => $"Host=127.0.0.1;Port={Port};Username=app;Database={database};Timeout=5";
}
