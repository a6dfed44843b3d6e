using System.Diagnostics;
using System.Globalization;
using RabbitDemo.Tests.AppHost;

namespace RabbitDemo.Tests.Brokers;

/// <summary>
/// A process that does not outlive this one, not even when this one is killed: a small shell holds the other end of a pipe,
/// and at the pipe's end, or at a signal of its own such as a terminal's Ctrl+C, it sends TERM to the process's whole group, then KILL.
/// </summary>
internal sealed class GuardedProcess : IDisposable
{
    private const string Script = """
        trap : INT TERM HUP
        log=$1; shift
        setsid "$@" </dev/null >>"$log" 2>&1 &
        child=$!
        echo $child
        cat >/dev/null
        kill -s TERM -- -$child 2>/dev/null
        tries=0
        while kill -s 0 -- -$child 2>/dev/null && [ $tries -lt 150 ]; do sleep 0.1; tries=$((tries + 1)); done
        kill -s KILL -- -$child 2>/dev/null
        exit 0
        """;

    private readonly Process guard;
    private readonly int pid;

    private GuardedProcess(Process guard, int pid)
    {
        this.guard = guard;
        this.pid = pid;
    }

    /// <summary>Whether the process itself still runs; a zombie does not.</summary>
    public bool IsRunning
    {
        get
        {
            try
            {
                var stat = File.ReadAllText($"/proc/{pid}/stat");
                return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
            }
            catch (IOException)
            {
                return false;
            }
        }
    }

    /// <param name="command">A program and its arguments.</param>
    /// <param name="environment">The whole environment: nothing is inherited.</param>
    /// <param name="log">The file that its output is added to; its folder is where the process works, and leaves what a crash leaves.</param>
    /// <param name="cancellationToken">Gives up waiting for the guard.</param>
    public static async Task<GuardedProcess> StartAsync(
        IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment, string log, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", Script, "guard", log, .. command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = Path.GetDirectoryName(log)
        };
        start.Environment.Clear();
        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        var guard = Process.Start(start) ?? throw new InvalidOperationException("/bin/sh did not start.");
        var pid = await guard.StandardOutput.ReadLineAsync(cancellationToken)
            ?? throw new InvalidOperationException("The guard ended before it started anything.");
        return new GuardedProcess(guard, int.Parse(pid, CultureInfo.InvariantCulture));
    }

    /// <param name="name">As <c>kill -s</c> knows it.</param>
    public void Signal(string name) => Processes.Signal(name, pid);

    /// <summary>SIGKILL to the process itself, as a crash would end it.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        using (var process = Process.GetProcessById(pid))
            process.Kill();

        await StopAsync(cancellationToken);
    }

    /// <summary>SIGTERM to the group, SIGKILL 15 s later; returns when all of it has ended.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        guard.StandardInput.Close();
        await guard.WaitForExitAsync(cancellationToken);
    }

    public void Dispose()
    {
        guard.StandardInput.Close();
        guard.WaitForExit(TimeSpan.FromSeconds(20));
        guard.Dispose();
    }
}
