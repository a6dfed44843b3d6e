using System.Text.RegularExpressions;

namespace Aspire.Hosting.Orchestration;

internal static partial class ConsoleText
{
    private static readonly Lock s_lock = new();

    public static void Write(string text)
    {
        lock (s_lock)
            Console.Out.WriteLine(text);
    }

    public static void WriteState(string name, string state) => Write($"{name,-14} * {state}");

    /// <summary>What a server or a framework says as a matter of routine stays in the resource's log and off the console.</summary>
    public static void WriteLog(string name, string line)
    {
        var plain = Color().Replace(line, "");
        if (!string.IsNullOrWhiteSpace(plain) && !RabbitMQRoutine().IsMatch(plain) && !DotnetRoutine().IsMatch(plain))
            Write($"{name,-14} | {(Console.IsOutputRedirected ? plain : line)}");
    }

    [GeneratedRegex(@"\x1B\[[0-9;]*m")]
    private static partial Regex Color();

    [GeneratedRegex(@"\s\[(debug|info|notice)\]\s")]
    private static partial Regex RabbitMQRoutine();

    [GeneratedRegex(@"^(trce|dbug|info): (Microsoft|System)\.")]
    private static partial Regex DotnetRoutine();
}
