using Microsoft.Data.Sqlite;

namespace RabbitDemo.Producer.Outbox;

/// <summary>
/// How far the relay has come: what is confirmed or to be parked, and how much of that the file says. One write at a time; what comes
/// meanwhile goes with the next. For one thread at a time.
/// </summary>
internal sealed class OutboxSettlement(EventOutbox outbox, TimeProvider clock)
{
    /// <summary>SQLITE_CORRUPT.</summary>
    private const int Damaged = 11;

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
                await SettleAsync(seq, stuck);
                settled = seq;
                return;
            }
            catch (OutboxUnavailableException)
            {
                await Task.Delay(BeforeTryingAgain, clock, cancellationToken);
            }
        }
    }

    /// <summary>What lies beside damage cannot be deleted: it stays, and is published again after a restart.</summary>
    private async Task SettleAsync(long seq, IReadOnlyList<Unroutable> stuck)
    {
        try
        {
            await outbox.SettleAsync(seq, stuck);
            return;
        }
        catch (OutboxUnavailableException e) when (IsDamage(e))
        {
            await outbox.SettleAsync(0, stuck); // parks, and deletes nothing
        }

        try
        {
            while (await outbox.SettleOldestAsync(seq))
            {
            }
        }
        catch (OutboxUnavailableException e) when (IsDamage(e))
        {
            // This far.
        }
    }

    private static bool IsDamage(OutboxUnavailableException e) => e.InnerException is SqliteException { SqliteErrorCode: Damaged };
}
