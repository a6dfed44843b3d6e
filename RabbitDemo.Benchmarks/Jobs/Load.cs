namespace RabbitDemo.Benchmarks.Jobs;

/// <summary>How much a candidate handles in one run.</summary>
/// <param name="Count">Messages or requests that are measured.</param>
/// <param name="WarmUp">Those before them, which are not.</param>
internal readonly record struct Load(long Count, long WarmUp)
{
    /// <summary>After so many the runtime has compiled for good what runs often: with fewer, half of what is measured is that.</summary>
    public const long Compiled = 60_000;

    public long All => WarmUp + Count;
}
