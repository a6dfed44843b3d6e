using System.Diagnostics;

namespace RabbitDemo.Benchmarks.Measuring;

/// <summary>What one run of one candidate took.</summary>
/// <param name="Count">Messages or requests.</param>
/// <param name="Seconds">Wall clock.</param>
/// <param name="CpuMicroseconds">Of the candidate's process alone, per message.</param>
/// <param name="Bytes">Allocated in the candidate's process, per message.</param>
/// <param name="P50Milliseconds">Median latency; 0 where none is measured.</param>
/// <param name="P99Milliseconds">99th percentile.</param>
internal sealed record Measurement(long Count, double Seconds, double CpuMicroseconds, double Bytes, double P50Milliseconds, double P99Milliseconds)
{
    public double Rate => Count / Seconds;
}

/// <summary>Measures this process from its making to <see cref="Stop"/>.</summary>
internal sealed class Stopclock
{
    private readonly long began = Stopwatch.GetTimestamp();
    private readonly TimeSpan cpu = Cpu();
    private readonly long bytes = GC.GetTotalAllocatedBytes(precise: true);

    public Measurement Stop(long count, double[]? latencies = null)
    {
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var (usedCpu, usedBytes) = (Cpu() - cpu, GC.GetTotalAllocatedBytes(precise: true) - bytes);
        if (latencies is not null)
            Array.Sort(latencies);

        return new(count, seconds, usedCpu.TotalMicroseconds / count, usedBytes / (double)count, Percentile(latencies, 0.5), Percentile(latencies, 0.99));
    }

    public static double Percentile(double[]? sorted, double part) => sorted is { Length: > 0 } ? sorted[(int)((sorted.Length - 1) * part)] : 0;

    private static TimeSpan Cpu()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }
}
