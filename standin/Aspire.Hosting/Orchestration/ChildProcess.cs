using System.Diagnostics;

namespace Aspire.Hosting.Orchestration;

internal sealed record Launch(string Command, IReadOnlyList<string> Arguments, string WorkingDirectory, IReadOnlyDictionary<string, string> Environment);

internal sealed class ChildProcess
{
    // Of the AppHost's own variables these would mislead a child; Aspire's orchestrator withholds the same.
    private static readonly string[] s_withheld = ["ASPNETCORE_URLS", "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT", "DOTNET_LAUNCH_PROFILE"];

    private readonly Process _process;
    private readonly ProcessGuard _guard;

    private ChildProcess(Process process, ProcessGuard guard, Action<string, bool> onLine)
    {
        _process = process;
        _guard = guard;
        Id = process.Id;
        guard.Add(Id);
        Task[] output = [ReadAsync(process.StandardOutput, false, onLine), ReadAsync(process.StandardError, true, onLine)];
        process.StandardInput.Close();
        Exited = ExitAsync(Task.WhenAll(output));
    }

    public int Id { get; }

    /// <summary>The exit code, 128 and the number more after a signal.</summary>
    public Task<int> Exited { get; }

    /// <exception cref="DistributedApplicationException">The command or the working directory does not exist.</exception>
    public static ChildProcess Start(Launch launch, ProcessGuard guard, Action<string, bool> onLine)
    {
        if (!Directory.Exists(launch.WorkingDirectory))
            throw new DistributedApplicationException($"the working directory '{launch.WorkingDirectory}' does not exist");

        var command = ProcessSession.Find(launch.Command, launch.WorkingDirectory)
            ?? throw new DistributedApplicationException($"the command '{launch.Command}' was not found");
        var info = ProcessSession.Info(command, launch.Arguments);
        info.WorkingDirectory = launch.WorkingDirectory;
        foreach (var name in s_withheld)
            info.Environment.Remove(name);

        foreach (var (name, value) in launch.Environment)
            info.Environment[name] = value;

        var process = Process.Start(info) ?? throw new DistributedApplicationException($"the command '{launch.Command}' did not start");
        return new(process, guard, onLine);
    }

    /// <summary>Asks the process and what it started to end, and ends them after the deadline.</summary>
    public async Task StopAsync(TimeSpan patience)
    {
        if (OperatingSystem.IsWindows())
        {
            _process.Kill(entireProcessTree: true);
            await Exited.ConfigureAwait(false);
            return;
        }

        var deadline = Stopwatch.StartNew();
        ProcessSignals.TerminateGroup(Id);
        await Task.WhenAny(Exited, Task.Delay(patience)).ConfigureAwait(false);
        while (ProcessSignals.GroupExists(Id) && deadline.Elapsed < patience)
            await Task.Delay(20).ConfigureAwait(false);

        ProcessSignals.KillGroup(Id);
        await Exited.ConfigureAwait(false);
        _guard.Remove(Id);
    }

    private static async Task ReadAsync(StreamReader reader, bool isError, Action<string, bool> onLine)
    {
        while (await reader.ReadLineAsync().ConfigureAwait(false) is { } line)
            onLine(line, isError);
    }

    private async Task<int> ExitAsync(Task output)
    {
        // Not WaitForExitAsync: that waits for the end of the output too, which something the process left behind may hold open.
        var exited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _process.Exited += (_, _) => exited.TrySetResult();
        _process.EnableRaisingEvents = true;
        await exited.Task.ConfigureAwait(false);
        await Task.WhenAny(output, Task.Delay(TimeSpan.FromMilliseconds(500))).ConfigureAwait(false);
        if (!OperatingSystem.IsWindows() && !ProcessSignals.GroupExists(Id))
            _guard.Remove(Id);

        return _process.ExitCode;
    }
}
