namespace RabbitDemo.Producer.Outbox;

/// <summary>
/// How far the relay has come: what is confirmed or to be parked, and how much of that the file says. One write at a time; what comes
/// meanwhile goes with the next. For one thread at a time.
/// </summary>
internal sealed class OutboxSettlement(EventOutbox outbox, TimeProvider clock)
{
    private static readonly TimeSpan BeforeTryingAgain = TimeSpan.FromSeconds(1);

    private readonly List<Unroutable> unroutable = [];
    private long settled;

    /// <summary>Up to here everything is confirmed or to be parked.</summary>
    public long Position { get; private set; }

    /// <summary>Nothing is left to be written down.</summary>
    public bool IsUpToDate => settled == Position;

    /// <summary>The write that is under way; completes with it. What a cancelled one held goes with the next.</summary>
    public Task Writing { get; private set; } = Task.CompletedTask;

    public void Pass(long seq) => Position = seq;

    public void Park(long seq, string reason)
    {
        unroutable.Add(new(seq, reason));
        Pass(seq);
    }

    /// <summary>Begins to write down what is new, unless a write is under way.</summary>
    public void Write(CancellationToken cancellationToken)
    {
        if (!Writing.IsCompleted || IsUpToDate)
            return;

        unroutable.RemoveAll(parked => parked.Seq <= settled);
        Writing = InsistAsync(Position, [.. unroutable], cancellationToken);
    }

    /// <summary>What is not written down is published again after a restart, which the consumers can tell, but a parked event would be lost.</summary>
    private async Task InsistAsync(long seq, IReadOnlyList<Unroutable> stuck, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await outbox.SettleAsync(seq, stuck);
                settled = seq;
                return;
            }
            catch (OutboxUnavailableException)
            {
                await Task.Delay(BeforeTryingAgain, clock, cancellationToken);
            }
        }
    }
}
