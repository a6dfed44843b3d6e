using System.Diagnostics;
using System.Globalization;

namespace RabbitDemo.Benchmarks.Jobs;

/// <summary>The parent's side of what it and a front tell each other, a line at a time.</summary>
internal sealed class FrontProcess(Process process)
{
    public async Task<Uri> AddressAsync() => new($"{await LineAsync(FrontJob.Listening)}/send");

    /// <summary>For how long its runtime has compiled so far.</summary>
    public async Task<TimeSpan> CompiledAsync()
    {
        await TellAsync(FrontJob.Compiled);
        return TimeSpan.FromMilliseconds(double.Parse(await LineAsync(FrontJob.Compiled), CultureInfo.InvariantCulture));
    }

    /// <summary>What is measured begins now, or ends.</summary>
    public Task MarkAsync() => TellAsync("");

    private async Task TellAsync(string line)
    {
        await process.StandardInput.WriteLineAsync(line);
        await process.StandardInput.FlushAsync();
    }

    /// <summary>What follows <paramref name="begins"/> in its next line that begins so.</summary>
    private async Task<string> LineAsync(string begins)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith(begins, StringComparison.Ordinal))
                return line[begins.Length..];
        }

        throw new InvalidOperationException($"The front ended without a line that begins with \"{begins}\".");
    }
}
