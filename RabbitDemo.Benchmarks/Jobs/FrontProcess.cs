using System.Diagnostics;
using System.Globalization;
using RabbitDemo.Benchmarks.Measuring;

namespace RabbitDemo.Benchmarks.Jobs;

/// <summary>The parent's side of what it and a front tell each other, a line at a time.</summary>
internal sealed class FrontProcess(Process process)
{
    public async Task<Uri> AddressAsync() => new($"{await ChildProcess.LineAsync(process, FrontJob.Listening)}/send");

    /// <summary>For how long its runtime has compiled so far.</summary>
    public async Task<TimeSpan> CompiledAsync()
    {
        await TellAsync(FrontJob.Compiled);
        return TimeSpan.FromMilliseconds(double.Parse(await ChildProcess.LineAsync(process, FrontJob.Compiled), CultureInfo.InvariantCulture));
    }

    /// <summary>What is measured begins now, or ends.</summary>
    public Task MarkAsync() => TellAsync("");

    private async Task TellAsync(string line)
    {
        await process.StandardInput.WriteLineAsync(line);
        await process.StandardInput.FlushAsync();
    }
}
