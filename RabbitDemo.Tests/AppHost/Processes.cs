using System.Diagnostics;
using System.Globalization;

namespace RabbitDemo.Tests.AppHost;

internal static class Processes
{
    public static bool Running(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <returns>The process that a pid file names; null while there is none, or nothing in it: who writes one creates it first.</returns>
    public static int? Named(string pidFile) =>
        File.Exists(pidFile) && int.TryParse(File.ReadAllText(pidFile), NumberStyles.None | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var pid) ? pid : null;

    /// <summary>Whether any process has <paramref name="text"/> in its command line.</summary>
    public static bool Mention(string text) => ThatMention(text).Length > 0;

    /// <returns>The processes that have all <paramref name="texts"/> in their command lines.</returns>
    public static int[] ThatMention(params string[] texts) =>
    [
        .. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(name => int.Parse(name!, CultureInfo.InvariantCulture))
            .Where(pid => CommandLine(pid) is var line && texts.All(text => line.Contains(text, StringComparison.Ordinal)))
    ];

    /// <param name="name">As <c>kill -s</c> knows it: <c>STOP</c>, <c>CONT</c>.</param>
    public static void Signal(string name, params int[] pids)
    {
        using var kill = Process.Start("/bin/kill", ["-s", name, .. pids.Select(pid => $"{pid}")]);
        kill.WaitForExit();
    }

    private static string CommandLine(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline");
        }
        catch (IOException)
        {
            return ""; // it has just ended
        }
    }
}
