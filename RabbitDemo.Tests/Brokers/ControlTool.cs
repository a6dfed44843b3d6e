using System.Diagnostics;

namespace RabbitDemo.Tests.Brokers;

/// <summary><c>rabbitmqctl</c>, in the environment of the node that it is to speak to.</summary>
internal static class ControlTool
{
    /// <exception cref="InvalidOperationException">It failed: with what it said.</exception>
    public static async Task RunAsync(IEnumerable<KeyValuePair<string, string>> environment, string[] arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo($"{LocalNode.Scripts}/rabbitmqctl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Clear();
        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        using var tool = Process.Start(start) ?? throw new InvalidOperationException("rabbitmqctl did not start.");
        var output = await Task.WhenAll(tool.StandardOutput.ReadToEndAsync(cancellationToken), tool.StandardError.ReadToEndAsync(cancellationToken));
        await tool.WaitForExitAsync(cancellationToken);
        if (tool.ExitCode != 0)
            throw new InvalidOperationException($"rabbitmqctl {string.Join(' ', arguments)}: {string.Concat(output)}");
    }
}
