using Microsoft.Extensions.Logging;

namespace RabbitDemo.Messaging;

/// <summary>
/// Repeats what the store or the broker cannot do now until they can, and says meanwhile what it waits for. That is how
/// consuming pauses: the deliveries at hand stay unacknowledged, and the prefetch lets no more come.
/// </summary>
internal sealed partial class Trouble(string queue, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(1);
    private readonly Lock gate = new();
    private int waiting;

    /// <summary>What is in the way, in one line; null when nothing is.</summary>
    public string? Reason { get; private set; }

    /// <summary>Calls <paramref name="operation"/> until it succeeds; it throws why it could not (<see cref="InboxUnavailableException"/>, <see cref="BrokerUnavailableException"/>).</summary>
    /// <exception cref="OperationCanceledException">The session ended first.</exception>
    public async Task<T> InsistAsync<T>(Func<CancellationToken, ValueTask<T>> operation, CancellationToken cancellationToken)
    {
        try
        {
            return await operation(cancellationToken);
        }
        catch (Exception e) when (e is InboxUnavailableException or BrokerUnavailableException)
        {
            return await InsistAsync(operation, e.Message, cancellationToken);
        }
    }

    private async Task<T> InsistAsync<T>(Func<CancellationToken, ValueTask<T>> operation, string reason, CancellationToken cancellationToken)
    {
        var backoff = new Backoff(MaxPause, Random.Shared);
        var troubled = false;
        try
        {
            while (true)
            {
                Begin(ref troubled, reason);
                await Task.Delay(backoff.Next(), clock, cancellationToken);
                try
                {
                    return await operation(cancellationToken);
                }
                catch (Exception e) when (e is InboxUnavailableException or BrokerUnavailableException)
                {
                    reason = e.Message;
                }
            }
        }
        finally
        {
            End(troubled);
        }
    }

    private void Begin(ref bool troubled, string reason)
    {
        lock (gate)
        {
            if (!troubled)
            {
                troubled = true;
                if (waiting++ == 0)
                {
                    LogPaused(queue, reason);
                }
            }

            Reason = reason;
        }
    }

    private void End(bool troubled)
    {
        if (!troubled)
        {
            return;
        }

        lock (gate)
        {
            if (--waiting == 0)
            {
                Reason = null;
                LogResumed(queue);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Consuming from {Queue} pauses: {Reason}")]
    private partial void LogPaused(string queue, string reason);

    [LoggerMessage(LogLevel.Information, "Consuming from {Queue} goes on")]
    private partial void LogResumed(string queue);
}
