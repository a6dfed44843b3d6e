using RabbitMQ.Client;

namespace RabbitDemo.Messaging;

/// <summary>
/// A channel in confirm mode with one writing loop, so that the order of writing is the order of the broker's sequence
/// numbers, and with our own table of what is outstanding. One for requests holds some of them back (<see cref="RequestPace"/>).
/// </summary>
internal sealed class ConfirmChannel : IAsyncDisposable
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMilliseconds(100);

    private readonly ConfirmTable outstanding;
    private readonly PublishQueue queue;
    private readonly TaskCompletionSource wornOut = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly BrokerSession session;
    private readonly IChannel channel;
    private readonly ConfirmVerdicts verdicts;
    private readonly WriteWatch watch;
    private readonly TimeProvider clock;
    private readonly ITimer sweeper;
    private readonly Task writing;
    private volatile PendingPublish? writingNow;
    private volatile bool couldNotWrite;
    private volatile string? endedAlone;
    private volatile bool allWritten;

    private ConfirmChannel(BrokerSession session, IChannel channel, bool isForRequests, TimeProvider clock)
    {
        (this.session, this.channel, this.clock, IsForRequests) = (session, channel, clock, isForRequests);
        outstanding = new(clock);
        queue = new(isForRequests ? new(outstanding, clock) : null);
        channel.ChannelShutdownAsync += (_, e) =>
            e.Initiator == ShutdownInitiator.Application ? Task.CompletedTask : ClosedAsync(e.IsOverAMessage(), BrokerSession.Describe(e));
        channel.CallbackExceptionAsync += (_, e) => ClosedAsync(isOverAMessage: false, e.Exception.Message);
        watch = new(clock);
        verdicts = new(channel, outstanding, clock, () => wornOut.TrySetResult());
        sweeper = clock.CreateTimer(_ => Sweep(), null, SweepInterval, SweepInterval);
        writing = WriteAsync();
    }

    public static async Task<ConfirmChannel> OpenAsync(BrokerSession session, bool isForRequests, TimeProvider clock, CancellationToken cancellationToken)
    {
        var options = new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false);
        return new(session, await session.Connection.CreateChannelAsync(options, cancellationToken), isForRequests, clock);
    }

    /// <summary>It is the one of <see cref="PublishLane.Requests"/>.</summary>
    public bool IsForRequests { get; }

    public bool HasEnded => endedAlone is not null || session.Ended.IsCompleted;

    /// <summary>Completes when another channel should take its place: it was refused messages for long, or has ended alone.</summary>
    public Task WornOut => wornOut.Task;

    /// <summary>
    /// It ended over what was written on it: the broker closed this one channel (no such exchange, not allowed, too large), or the
    /// client could not encode a message. The same message would end the next channel as well.
    /// </summary>
    public bool EndedByAMessage => couldNotWrite || channel.CloseReason is { } close && (close.IsOverAMessage() || close.IsOverAnExchange());

    /// <summary>Why it ended, apart from its connection; null when it has not.</summary>
    public string? EndedAlone => endedAlone;

    /// <summary>The broker has refused a message on it (<c>basic.nack</c>): a queue is full, or its node is away.</summary>
    public bool HasRefused => verdicts.HaveRefused;

    /// <summary>Ends the connection, and so everything on it.</summary>
    public void End(string reason) => session.End(reason);

    /// <summary>Ends this one channel: nothing more is written on it, and what has no verdict yet is unknown.</summary>
    public void EndAlone(string reason)
    {
        endedAlone ??= reason;
        queue.Complete();
        outstanding.Close(reason);
        wornOut.TrySetResult();
    }

    /// <summary>Takes no more, waits for the verdicts on what it has taken, at most until their deadlines, and closes.</summary>
    public async Task RetireAsync()
    {
        queue.Complete();
        await writing;
        await sweeper.DisposeAsync();
        if (!session.Ended.IsCompleted)
        {
            if (channel.IsOpen)
            {
                await channel.CloseAsync(session.Stopped).WaitAsync(session.Stopped); // the client does not heed the token
            }

            await channel.DisposeAsync();
        }
    }

    /// <summary>False when the channel has ended: nothing was sent.</summary>
    public bool TrySend(PendingPublish publish) => queue.TryAdd(publish);

    public async ValueTask DisposeAsync()
    {
        queue.Complete();
        session.End("closed");
        await writing;
        await sweeper.DisposeAsync();
    }

    private async Task WriteAsync()
    {
        ulong sequence = 0;
        try
        {
            while (await queue.WaitAsync(session.Stopped))
            {
                while (queue.TryTake(out var publish))
                {
                    if (endedAlone is { } end)
                    {
                        publish.ChannelClosed(end);
                        continue;
                    }

                    if (publish.Deadline <= clock.GetTimestamp())
                    {
                        publish.Expire();
                        continue;
                    }

                    if (!publish.TryBeginSending())
                    {
                        continue;
                    }

                    writingNow = publish;
                    outstanding.Add(++sequence, publish);
                    var message = publish.Message;
                    message.Properties.Headers?[MessageHeaders.Sequence] = (long)sequence;
                    await channel.BasicPublishAsync(
                        message.Exchange, message.RoutingKey, mandatory: true, message.Properties, message.Body, session.Stopped);
                    writingNow = null;
                }
            }

            allWritten = true;
            await settled.Task.WaitAsync(session.Stopped);
        }
        catch (Exception e) when (BrokerErrors.IsBrokerFailure(e))
        {
            await ClosedAsync(channel.CloseReason is { } close && close.IsOverAMessage(), BrokerErrors.Describe(e));
        }
        catch (Exception e)
        {
            // The client could not encode this message: its fault, not the broker's. The sequence is lost with the channel.
            couldNotWrite = true;
            writingNow?.Complete(new(PublishStatus.Refused, e.Message));
            EndAlone($"a message could not be written: {e.Message}");
        }

        var reason = endedAlone ?? (session.Ended.IsCompletedSuccessfully ? await session.Ended : "closed");
        queue.Complete();
        outstanding.Close(reason);
        while (queue.TryTake(out var unsent))
        {
            unsent.ChannelClosed(reason);
        }
    }

    /// <summary>The connection goes on when nothing but one message is at fault.</summary>
    private Task ClosedAsync(bool isOverAMessage, string reason)
    {
        if (isOverAMessage)
        {
            EndAlone(reason);
        }
        else
        {
            session.End(reason);
        }

        return Task.CompletedTask;
    }

    private void Sweep()
    {
        var now = clock.GetTimestamp();
        queue.Expire(now);
        var isComplete = allWritten; // before the table is looked at
        if (!outstanding.Expire(now) && isComplete)
        {
            settled.TrySetResult();
        }

        if (watch.IsStuck(session.IsBlocked ? null : writingNow, now)) // a broker with an alarm reads nothing, for as long as that lasts
        {
            session.End("the connection takes no data");
        }
    }
}
