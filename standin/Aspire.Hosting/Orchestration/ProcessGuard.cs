using System.Diagnostics;

namespace Aspire.Hosting.Orchestration;

/// <summary>
/// A shell that knows every child's process group and reads a pipe that only the AppHost holds: when that closes, however the
/// AppHost ended, it ends the groups that are left. (A signal on the parent's death will not do: it is tied to a thread.)
/// </summary>
internal sealed class ProcessGuard : IDisposable
{
    private const string Script = """
        groups=""
        while read -r change group; do
          kept=""
          for known in $groups; do [ "$known" = "$group" ] || kept="$kept $known"; done
          groups="$kept"
          [ "$change" = "+" ] && groups="$groups $group"
        done
        for group in $groups; do kill -s TERM -- "-$group"; done
        for tenth in 1 2 3 4 5 6 7 8 9 10; do
          alive=""
          for group in $groups; do kill -s 0 -- "-$group" && alive="$alive $group"; done
          groups="$alive"
          [ -z "$groups" ] && exit
          sleep 0.1
        done
        for group in $groups; do kill -s KILL -- "-$group"; done
        """;

    private readonly Lock _lock = new();
    private readonly Process? _shell = OperatingSystem.IsWindows() ? null : Start();

    public void Add(int group) => Tell($"+ {group}");

    public void Remove(int group) => Tell($"- {group}");

    public void Dispose()
    {
        lock (_lock)
        {
            _shell?.StandardInput.Close();
            _shell?.Dispose();
        }
    }

    private static Process? Start()
    {
        var info = ProcessSession.Info("/bin/sh", ["-c", $"exec 2>/dev/null; {Script}"]);
        info.RedirectStandardOutput = info.RedirectStandardError = false;
        return Process.Start(info);
    }

    private void Tell(string change)
    {
        lock (_lock)
        {
            _shell?.StandardInput.WriteLine(change);
            _shell?.StandardInput.Flush();
        }
    }
}
