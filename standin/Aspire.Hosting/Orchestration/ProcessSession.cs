using System.Diagnostics;

namespace Aspire.Hosting.Orchestration;

/// <summary>
/// Starts a process as the leader of a session of its own, so that a Ctrl+C at the terminal reaches the AppHost only,
/// which then stops its children in order.
/// </summary>
internal static class ProcessSession
{
    private static readonly string? s_setsid = Find("setsid");
    private static readonly string? s_perl = Find("perl");

    /// <summary>Without a way to begin a session (Windows) the process shares the AppHost's.</summary>
    public static ProcessStartInfo Info(string command, IEnumerable<string> arguments)
    {
        string[] prefix = s_setsid is not null
            ? [s_setsid]
            : s_perl is not null && !OperatingSystem.IsWindows()
                ? [s_perl, "-e", "use POSIX; POSIX::setsid(); exec { $ARGV[0] } @ARGV"]
                : [];
        string[] all = [.. prefix, command, .. arguments];
        return new(all[0], all[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
    }

    public static string? Find(string command, string directory = "")
    {
        string[] candidates = command.Contains(Path.DirectorySeparatorChar)
            ? [Path.Combine(directory, command)]
            : [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(path => Path.Combine(path, command))];
        return candidates.SelectMany(IEnumerable<string> (path) => OperatingSystem.IsWindows() ? [path, $"{path}.exe", $"{path}.cmd"] : [path]).FirstOrDefault(File.Exists);
    }
}
