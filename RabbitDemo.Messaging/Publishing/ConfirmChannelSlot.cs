namespace RabbitDemo.Messaging;

/// <summary>
/// The place of one channel among those of a connection. A channel that is worn out is replaced, and the others go on: what it has
/// taken it still gets the verdicts on, unless it has ended alone.
/// </summary>
internal sealed class ConfirmChannelSlot : IAsyncDisposable
{
    private readonly BrokerSession session;
    private readonly TimeProvider clock;
    private readonly Action<ConfirmChannel> onReplaced;
    private readonly Task keeping;
    private volatile ConfirmChannel channel;

    /// <param name="first">The channel to begin with.</param>
    /// <param name="session">Of the connection. A channel that cannot be replaced ends it.</param>
    /// <param name="clock">Of the deadlines.</param>
    /// <param name="onReplaced">Called each time that there is a new channel, with the old one.</param>
    public ConfirmChannelSlot(ConfirmChannel first, BrokerSession session, TimeProvider clock, Action<ConfirmChannel> onReplaced)
    {
        (this.session, this.clock, this.onReplaced) = (session, clock, onReplaced);
        channel = first;
        keeping = KeepAsync();
    }

    public ConfirmChannel Channel => channel;

    /// <returns>The channel that takes it; null when it has ended and there is no other yet: nothing was sent.</returns>
    public ConfirmChannel? TrySend(PendingPublish publish)
    {
        var taker = channel;
        while (!taker.TrySend(publish))
        {
            if (channel == taker)
            {
                return null;
            }

            taker = channel;
        }

        return taker;
    }

    public async ValueTask DisposeAsync()
    {
        session.End("closed");
        await keeping;
        await channel.DisposeAsync();
    }

    private async Task KeepAsync()
    {
        try
        {
            while (true)
            {
                var old = channel;
                await old.WornOut.WaitAsync(session.Stopped);
                if (old.HasEnded)
                {
                    await old.RetireAsync(); // its messages are with their queues before the next channel's
                    await ReplaceAsync();
                }
                else
                {
                    await ReplaceAsync();
                    await old.RetireAsync();
                }
            }
        }
        catch (Exception e) when (BrokerErrors.IsBrokerFailure(e))
        {
            session.End(BrokerErrors.Describe(e));
        }
    }

    private async Task ReplaceAsync()
    {
        var old = channel;
        channel = await ConfirmChannel.OpenAsync(session, old.IsForRequests, clock, session.Stopped);
        onReplaced(old);
    }
}
