namespace RabbitDemo.Benchmarks.Jobs;

/// <summary>How much a candidate handles in one run.</summary>
/// <param name="Count">Messages or requests that are measured.</param>
/// <param name="WarmUp">Those before them, which are not.</param>
/// <param name="Settles">A front handles more before them, until the runtime compiles no longer.</param>
internal readonly record struct Load(long Count, long WarmUp, bool Settles = false)
{
    /// <summary>
    /// After so many the runtime has compiled for good what runs often, but for a store and a front, which have more of it: with fewer,
    /// half of what is measured is that.
    /// </summary>
    public const long Compiled = 60_000;

    /// <summary>The same with a store and its driver: of 60 000 that were handled in two seconds, the runtime sometimes compiled for half of the next.</summary>
    public const long CompiledWithStore = 150_000;

    public long All => WarmUp + Count;
}
