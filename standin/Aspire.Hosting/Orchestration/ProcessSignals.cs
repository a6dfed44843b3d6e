using System.Runtime.InteropServices;

namespace Aspire.Hosting.Orchestration;

/// <summary>Signals to a process group: the process that leads it, and what that started.</summary>
internal static partial class ProcessSignals
{
    private const int Terminate = 15;
    private const int KillNow = 9;

    public static void TerminateGroup(int leader) => _ = Send(-leader, Terminate);

    public static void KillGroup(int leader) => _ = Send(-leader, KillNow);

    public static bool GroupExists(int leader) => Send(-leader, 0) == 0;

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Send(int pid, int signal);
}
