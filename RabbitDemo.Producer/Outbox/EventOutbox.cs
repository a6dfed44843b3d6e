using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using RabbitDemo.Messaging;

namespace RabbitDemo.Producer.Outbox;

/// <summary>
/// The events that this process has promised and the broker has not confirmed, in one file on disk that no other process uses.
/// Thread-safe.
/// </summary>
internal sealed class EventOutbox : IAsyncDisposable
{
    private readonly OutboxSlot slot;
    private readonly OutboxOptions options;
    private readonly OutboxWriter writer;
    private readonly TimeProvider clock;
    private readonly SemaphoreSlim arrived = new(0);
    private long newest;

    /// <exception cref="SettingException">The path cannot be used.</exception>
    public EventOutbox(IOptions<OutboxOptions> options, TimeProvider clock, ILogger<EventOutbox> logger)
    {
        this.options = options.Value;
        this.clock = clock;
        slot = OutboxSlot.TakeFirstFree(this.options.Path);
        try
        {
            writer = new(slot.File, this.options.KeepKeys, Committed, logger);
        }
        catch (SqliteException e)
        {
            slot.Dispose();
            throw new SettingException($"{OutboxOptions.Section}:Path is {this.options.Path}: {slot.File} cannot be used: {e.Message}");
        }

        Reader = new(slot.File);
    }

    public string File => slot.File;

    public OutboxReader Reader { get; }

    /// <summary>Events that wait to be published.</summary>
    public long Waiting { get; private set; }

    /// <summary>Events that nothing would get.</summary>
    public long Parked { get; private set; }

    /// <summary>The newest event's place in the order of acceptance.</summary>
    public long Newest => Volatile.Read(ref newest);

    public long Capacity => options.Capacity;

    public bool IsFull => Waiting + Parked >= Capacity;

    /// <summary>Why the file could not be written last; null when it could.</summary>
    public string? Trouble => writer.Trouble;

    /// <summary>Hands the event over before it returns, so that the order of calls is the order of acceptance; completes when it is on disk.</summary>
    /// <exception cref="OutboxUnavailableException">The file cannot be written: the event may or may not be there.</exception>
    public Task<Acceptance> AcceptAsync(PreparedEvent evento, IdempotencyKey? key) =>
        writer.WriteAsync(tables => tables.Accept(evento, key, options.Capacity));

    /// <summary>All events up to <paramref name="seq"/> are confirmed but for <paramref name="unroutable"/>, which are parked.</summary>
    public Task SettleAsync(long seq, IReadOnlyList<Unroutable> unroutable) => writer.WriteAsync(tables =>
    {
        tables.Settle(seq, unroutable, clock.GetUtcNow());
        return true;
    });

    /// <summary>The oldest event is confirmed, if it is one of those up to <paramref name="seq"/>; false when there is none.</summary>
    public Task<bool> SettleOldestAsync(long seq) => writer.WriteAsync(tables => tables.SettleOldest(seq));

    /// <summary>Puts parked events behind all that waits; how many there were.</summary>
    public Task<int> RetryAsync(IReadOnlyList<long> ids) => writer.WriteAsync(tables => ids.Count(tables.Retry));

    /// <summary>Gives parked events up; how many there were.</summary>
    public Task<int> DiscardAsync(IReadOnlyList<long> ids) => writer.WriteAsync(tables => ids.Count(tables.Discard));

    /// <summary>Takes over what another process has left, beyond the capacity if need be.</summary>
    public Task AdoptAsync(IReadOnlyList<OutboxEvent> events, IReadOnlyList<ParkedEvent> parked) => writer.WriteAsync(tables =>
    {
        foreach (var evento in events)
        {
            tables.Add(evento.Event);
        }

        foreach (var evento in parked)
        {
            tables.AddParked(evento);
        }

        return true;
    });

    /// <summary>Writes a little, to see whether the disk takes it.</summary>
    public Task ProbeAsync() => writer.WriteAsync(tables => tables.Probe());

    /// <summary>Completes when events have been added since the last call completed. One caller.</summary>
    public Task ArrivedAsync(CancellationToken cancellationToken) => arrived.WaitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await writer.DisposeAsync();
        Reader.Dispose();
        arrived.Dispose();
        slot.Dispose();
    }

    private void Committed(OutboxTables tables)
    {
        (Waiting, Parked) = (tables.Waiting, tables.Parked);
        if (tables.Newest > newest)
        {
            Volatile.Write(ref newest, tables.Newest);
            if (arrived.CurrentCount == 0)
            {
                arrived.Release();
            }
        }
    }
}
