using System.Diagnostics;
using System.Text.Json;
using RabbitDemo.Benchmarks.Jobs;

namespace RabbitDemo.Benchmarks.Measuring;

/// <summary>This program once more, for one candidate and one job: what it measures is its own.</summary>
internal static class ChildProcess
{
    /// <summary>Marks the line that holds what was measured.</summary>
    public const string Result = "result ";

    public static Process Start(string job, string candidate, Uri broker, Load load)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(ChildProcess).Assembly.Location, "run-job", job, candidate, broker.ToString(), $"{load.Count}", $"{load.WarmUp}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["Logging__LogLevel__Default"] = "Warning", ["ASPNETCORE_ENVIRONMENT"] = "Production" }
        };
        return Process.Start(start) ?? throw new InvalidOperationException("The child process did not start.");
    }

    /// <summary>Its result, or why there is none.</summary>
    public static async Task<Measurement> ResultAsync(Process child) =>
        JsonSerializer.Deserialize<Measurement>(await LineAsync(child, Result)) ?? throw new InvalidOperationException("The child process told an empty result.");

    /// <summary>What follows <paramref name="begins"/> in the child's next line that begins so.</summary>
    public static async Task<string> LineAsync(Process child, string begins)
    {
        while (await child.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith(begins, StringComparison.Ordinal))
                return line[begins.Length..];
        }

        await child.WaitForExitAsync();
        throw new InvalidOperationException($"The child process ended without a line that begins with \"{begins}\", exit code {child.ExitCode}.");
    }

    public static void Report(Measurement measured) => Console.WriteLine(Result + JsonSerializer.Serialize(measured));
}
