using System.Text.Json;
using RabbitDemo.Consumer.Store;
using RabbitDemo.Messaging;

namespace RabbitDemo.Consumer.Faults;

/// <summary>The service's fault plan, kept in the store so that every replica follows it.</summary>
internal sealed class FaultPlans(MessageStore store, TimeProvider clock)
{
    /// <summary>How late a replica may learn of another plan.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(200);

    private readonly Lock gate = new();
    private FaultPlan current = new();

    /// <summary>How many plans were written through this replica: one that was read meanwhile may be older.</summary>
    private int version;

    private TaskCompletionSource written = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long readAt = long.MinValue;

    /// <summary>Completes when the next plan is written through this replica.</summary>
    public Task Written => Volatile.Read(ref written).Task;

    /// <summary>The plan as it was at most a moment ago; the last one known while the store is away.</summary>
    public async ValueTask<FaultPlan> CurrentAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetTimestamp();
        var before = Volatile.Read(ref readAt);
        var stale = before == long.MinValue || clock.GetElapsedTime(before, now) > Fresh;

        // One caller asks, the others go on with what is known.
        if (stale && Interlocked.CompareExchange(ref readAt, now, before) == before)
        {
            try
            {
                var since = Volatile.Read(ref version);
                var read = await ReadAsync(cancellationToken);
                lock (gate)
                {
                    if (version == since)
                    {
                        current = read;
                    }
                }
            }
            catch (InboxUnavailableException)
            {
                return current;
            }
        }

        return current;
    }

    public Task<FaultPlan> ReadAsync(CancellationToken cancellationToken) => store.ReadAsync(
        async session =>
        {
            await using var reader = await session.QueryAsync(
                "SELECT plan, fail_next, crash_before_acks FROM faults WHERE id = 1", [], cancellationToken);
            await reader.ReadAsync(cancellationToken);
            var plan = JsonSerializer.Deserialize(reader.GetString(0), ConsumerJson.Default.FaultPlan) ?? new FaultPlan();
            return plan with { FailNext = reader.GetInt32(1), CrashBeforeAcks = reader.GetInt32(2) };
        },
        cancellationToken);

    public async Task WriteAsync(FaultPlan plan, CancellationToken cancellationToken)
    {
        var json = JsonSerializer.Serialize(plan, ConsumerJson.Default.FaultPlan);
        await store.WriteAsync(
            transaction => transaction.Session.ExecuteAsync(
                "UPDATE faults SET plan = $1, fail_next = $2, crash_before_acks = $3 WHERE id = 1",
                [json, plan.FailNext, plan.CrashBeforeAcks],
                transaction.Token),
            cancellationToken);
        lock (gate)
        {
            version++;
            current = plan;
        }

        Interlocked.Exchange(ref written, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    /// <summary>Takes one of the failures that are left, unless another replica took the last.</summary>
    public Task<bool> TakeFailureAsync(CancellationToken cancellationToken) => TakeAsync(
        "UPDATE faults SET fail_next = fail_next - 1 WHERE id = 1 AND fail_next > 0", cancellationToken);

    /// <summary>Takes one of the crashes that are left.</summary>
    public Task<bool> TakeCrashAsync(CancellationToken cancellationToken) => TakeAsync(
        "UPDATE faults SET crash_before_acks = crash_before_acks - 1 WHERE id = 1 AND crash_before_acks > 0", cancellationToken);

    private Task<bool> TakeAsync(string sql, CancellationToken cancellationToken) => store.WriteAsync(
        async transaction => await transaction.Session.ExecuteAsync(sql, [], transaction.Token) == 1, cancellationToken);
}
