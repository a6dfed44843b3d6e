using System.ComponentModel;
using System.Diagnostics;

namespace RabbitDemo.AppHost;

/// <summary>Docker or Podman, by their command line.</summary>
internal static class ContainerEngine
{
    // A cold Docker Desktop takes its time, and where the broker runs decides where its events are.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    // The orchestrator stops a dead run's containers by itself, each within ten seconds.
    private static readonly TimeSpan GivenUpWithin = TimeSpan.FromSeconds(20);

    /// <summary>Whether an engine answers now; a client without its daemon is none.</summary>
    public static bool Answers() => Client() is not null;

    /// <summary>Docker's client or Podman's: the first with an engine behind it.</summary>
    public static string? Client() =>
        Ask("docker", ["version", "--format", "{{.Server.Version}}"]) is not null ? "docker"
        : Ask("podman", ["info"]) is not null ? "podman"
        : null;

    /// <summary>Returns when no container uses the volume: two nodes on the same data would destroy it.</summary>
    /// <exception cref="SettingException">Another run's still does.</exception>
    public static async Task WaitUntilUnusedAsync(string volume, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (Users("docker", volume) + Users("podman", volume) is var users and > 0)
        {
            if (Stopwatch.GetElapsedTime(started) > GivenUpWithin)
                throw new SettingException($"Another run's broker uses volume {volume}: end that run, or give this one its own DataDirectory.");

            await Task.Delay(200, cancellationToken);
        }
    }

    private static int Users(string client, string volume) =>
        Ask(client, ["ps", "--quiet", "--filter", $"volume={volume}"])?.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Length ?? 0;

    /// <returns>What it wrote; null when it is not installed, failed, or said nothing in time.</returns>
    private static string? Ask(string client, string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(client, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true
            });
            if (process is null)
                return null;

            // Read, or a long answer would fill the pipe and never end.
            var output = process.StandardOutput.ReadToEndAsync();
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            if (process.WaitForExit(Patience))
                return process.ExitCode == 0 ? output.GetAwaiter().GetResult() : null;

            process.Kill(entireProcessTree: true);
            return null;
        }
        catch (Win32Exception)
        {
            return null; // not installed
        }
    }
}
