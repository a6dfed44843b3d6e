using System.Threading.Tasks.Sources;

namespace RabbitDemo.Messaging;

/// <summary>One publish on its way: queued, being written, waiting for its confirm, done. Exactly one outcome is set.</summary>
internal sealed class PendingPublish(OutgoingMessage message, long deadline) : IValueTaskSource<PublishOutcome>
{
    private const int Queued = 0;
    private const int Sending = 1;
    private const int Done = 2;

    private ManualResetValueTaskSourceCore<PublishOutcome> source = new() { RunContinuationsAsynchronously = true };
    private int state;

    public OutgoingMessage Message => message;

    /// <summary>A timestamp of the clock that the publisher uses.</summary>
    public long Deadline => deadline;

    /// <summary>Set by a return, which comes before the confirm of the same message.</summary>
    public string? ReturnReason { get; set; }

    /// <summary>The channel ended before the verdict: another connection may bring one.</summary>
    public bool ChannelEnded { get; private set; }

    public bool IsDone => Volatile.Read(ref state) == Done;

    public ValueTask<PublishOutcome> Outcome => new(this, source.Version);

    /// <summary>False when it was given up before it was sent: then it must not be sent.</summary>
    public bool TryBeginSending() => Interlocked.CompareExchange(ref state, Sending, Queued) == Queued;

    /// <summary>Gives up at the deadline: refused when nothing was sent, unknown when it was.</summary>
    public void Expire()
    {
        if (Interlocked.CompareExchange(ref state, Done, Queued) == Queued)
        {
            source.SetResult(new(PublishStatus.Refused, "the deadline passed before the message could be sent"));
        }
        else
        {
            Complete(new(PublishStatus.Unknown, "the broker did not confirm the message before the deadline"));
        }
    }

    public void Complete(PublishOutcome outcome)
    {
        if (Interlocked.Exchange(ref state, Done) != Done)
        {
            source.SetResult(outcome);
        }
    }

    /// <summary>Ends with the channel: what was never sent is refused, what was sent is unknown.</summary>
    public void ChannelClosed(string reason)
    {
        ChannelEnded = true;
        if (Interlocked.CompareExchange(ref state, Done, Queued) == Queued)
        {
            source.SetResult(new(PublishStatus.Refused, reason));
        }
        else
        {
            Complete(new(PublishStatus.Unknown, $"the connection was lost before the confirm: {reason}"));
        }
    }

    PublishOutcome IValueTaskSource<PublishOutcome>.GetResult(short token) => source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<PublishOutcome>.GetStatus(short token) => source.GetStatus(token);

    void IValueTaskSource<PublishOutcome>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        source.OnCompleted(continuation, state, token, flags);
}
