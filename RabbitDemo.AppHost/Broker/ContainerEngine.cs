using System.ComponentModel;
using System.Diagnostics;

namespace RabbitDemo.AppHost;

internal static class ContainerEngine
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Whether an engine answers now; a client without its daemon is none.</summary>
    public static bool Answers() => Answers("docker") || Answers("podman");

    private static bool Answers(string client)
    {
        try
        {
            using var info = Process.Start(new ProcessStartInfo(client, ["info"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true
            });
            if (info is null)
                return false;

            // Read, or a long answer would fill the pipe and never end.
            info.OutputDataReceived += (_, _) => { };
            info.ErrorDataReceived += (_, _) => { };
            info.BeginOutputReadLine();
            info.BeginErrorReadLine();
            if (info.WaitForExit(Patience))
                return info.ExitCode == 0;

            info.Kill(entireProcessTree: true);
            return false;
        }
        catch (Win32Exception)
        {
            return false; // not installed
        }
    }
}
