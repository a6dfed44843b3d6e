namespace RabbitDemo.Messaging;

/// <summary>What is known of a connection, for whoever waits for it to change.</summary>
internal sealed class ConnectionState(TimeProvider clock)
{
    private readonly Lock setting = new();
    private volatile ConnectionStatus status = new(ConnectionPhase.Connecting, "not connected yet", clock.GetUtcNow());
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ConnectionStatus Status => status;

    /// <summary>Completes at the next change of <see cref="Status"/>, or when <see cref="TellOfChange"/> is called.</summary>
    public Task Changed => Volatile.Read(ref changed).Task;

    public void TellOfChange() => Interlocked.Exchange(ref changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

    /// <returns>False when the session has ended: what comes after it is another's to say.</returns>
    public bool TrySet(BrokerSession session, ConnectionPhase phase, string? reason)
    {
        lock (setting)
        {
            if (session.Ended.IsCompleted)
            {
                return false;
            }

            Set(phase, reason);
            return true;
        }
    }

    public void Set(ConnectionPhase phase, string? reason)
    {
        lock (setting)
        {
            if (status.Phase != phase || status.Reason != reason)
            {
                status = new(phase, reason, status.Phase == phase ? status.Since : clock.GetUtcNow());
                TellOfChange();
            }
        }
    }
}
