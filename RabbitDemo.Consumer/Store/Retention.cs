using System.Data.Common;
using RabbitDemo.Messaging;

namespace RabbitDemo.Consumer.Store;

/// <summary>
/// Removes what is older than the settings keep: events by age and by number, letters that are settled, then ids that nothing needs
/// any more. In small writes that take their turn with all others, so that nobody waits for it. What cannot be removed now keeps
/// nothing else from being removed.
/// </summary>
internal sealed partial class Retention(MessageStore store, StoreOptions options, TimeProvider clock, ILogger<Retention> logger)
{
    private const int SweepsThatAreSaid = 2;

    private readonly SmallParts parts = new(clock);
    private readonly OldEvents events = new(store);
    private readonly OldLetters letters = new(store);
    private readonly OldIds ids = new(store);
    private readonly Dictionary<string, int> failed = [];

    /// <summary>
    /// One sweep: all events that are due, and of letters and ids the next part of a walk through all of them, each for a quarter of
    /// the time between sweeps. For one caller at a time.
    /// </summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var settledBefore = StoredText.Micros(now.AddDays(-options.KeepIdsDays));
        var walk = TimeSpan.FromSeconds(options.SweepSeconds / 4);
        if (options.KeepEventsDays > 0)
        {
            var storedBefore = StoredText.Micros(now.AddDays(-options.KeepEventsDays));
            await TryAsync("old events", () => parts.DoAsync(
                () => events.RemoveAsync(storedBefore, upTo: long.MaxValue, cancellationToken), TimeSpan.MaxValue, cancellationToken));
        }

        if (options.KeepEvents > 0)
        {
            await TryAsync("events beyond the number that is kept", async () =>
            {
                if (await events.NewestBeyondAsync(options.KeepEvents, cancellationToken) is { } upTo)
                {
                    await parts.DoAsync(
                        () => events.RemoveAsync(storedBefore: long.MaxValue, upTo, cancellationToken), TimeSpan.MaxValue, cancellationToken);
                }
            });
        }

        await TryAsync("old deletions of queues", () => QueueDeletions.RemoveAsync(store, settledBefore, cancellationToken));
        await TryAsync("settled dead letters", () => parts.DoAsync(() => letters.RemoveNextAsync(settledBefore, cancellationToken), walk, cancellationToken));
        await TryAsync("old ids", () => parts.DoAsync(() => ids.ForgetNextAsync(settledBefore, cancellationToken), walk, cancellationToken));
    }

    /// <summary>A store that is away for a moment is nothing to say here; one kind that fails in sweep after sweep grows for ever.</summary>
    private async Task TryAsync(string what, Func<Task> remove)
    {
        try
        {
            await remove();
        }
        catch (Exception e) when (e is InboxUnavailableException or DbException)
        {
            failed[what] = failed.GetValueOrDefault(what) + 1;
            if (failed[what] == SweepsThatAreSaid)
            {
                LogStay(what, failed[what], e.Message);
            }
            else
            {
                LogStayForNow(what, e.Message);
            }

            return;
        }

        if (failed.Remove(what, out var sweeps) && sweeps >= SweepsThatAreSaid)
        {
            LogGo(what);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The store grows: {What} could not be removed in {Sweeps} sweeps in a row: {Reason}")]
    private partial void LogStay(string what, int sweeps, string reason);

    [LoggerMessage(LogLevel.Debug, "What is due of {What} stays until the next sweep: {Reason}")]
    private partial void LogStayForNow(string what, string reason);

    [LoggerMessage(LogLevel.Information, "The store's sweep removes {What} again")]
    private partial void LogGo(string what);
}
