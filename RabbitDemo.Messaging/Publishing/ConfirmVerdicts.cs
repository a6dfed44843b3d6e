using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace RabbitDemo.Messaging;

/// <summary>What the broker says of the messages that one channel has written: it settles what is outstanding.</summary>
internal sealed class ConfirmVerdicts
{
    /// <summary>
    /// A channel looks up a quorum queue's leader once. One that did so when the leader had just died is refused every message,
    /// by RabbitMQ 3.10 at least, until that node is back: after this time a new channel looks again.
    /// </summary>
    private static readonly TimeSpan LongestRefusal = TimeSpan.FromSeconds(3);

    private readonly ConfirmTable outstanding;
    private readonly TimeProvider clock;
    private readonly Action onRefusedForLong;
    private long? refusedSince;
    private bool haveRefused;

    /// <param name="channel">The channel, of which the client library tells from one thread at a time.</param>
    /// <param name="outstanding">What has been written on it.</param>
    /// <param name="clock">Of the refusals.</param>
    /// <param name="onRefusedForLong">Called at each refusal that comes long after the first.</param>
    public ConfirmVerdicts(IChannel channel, ConfirmTable outstanding, TimeProvider clock, Action onRefusedForLong)
    {
        (this.outstanding, this.clock, this.onRefusedForLong) = (outstanding, clock, onRefusedForLong);
        channel.BasicAcksAsync += OnAck;
        channel.BasicNacksAsync += OnNack;
        channel.BasicReturnAsync += OnReturn;
    }

    /// <summary>There was a refusal (<c>basic.nack</c>).</summary>
    public bool HaveRefused => Volatile.Read(ref haveRefused);

    private Task OnAck(object sender, BasicAckEventArgs e)
    {
        outstanding.Settle(e.DeliveryTag, e.Multiple, static publish => publish.Complete(publish.ReturnReason is { } reason
            ? new(PublishStatus.Returned, reason)
            : new(PublishStatus.Confirmed)));
        return Task.CompletedTask;
    }

    private Task OnNack(object sender, BasicNackEventArgs e)
    {
        Volatile.Write(ref haveRefused, true); // before the verdict is told
        outstanding.Settle(e.DeliveryTag, e.Multiple, static publish => publish.Complete(publish.Message.Exchange.Length == 0
            ? new(PublishStatus.Refused, "the broker refused the message (basic.nack)")
            : new(PublishStatus.Unknown, "a queue refused the message (basic.nack), and others may have taken it")));
        refusedSince ??= clock.GetTimestamp();
        if (clock.GetElapsedTime(refusedSince.Value) >= LongestRefusal)
        {
            onRefusedForLong();
        }

        return Task.CompletedTask;
    }

    private Task OnReturn(object sender, BasicReturnEventArgs e)
    {
        if (e.BasicProperties.Headers?.TryGetValue(MessageHeaders.Sequence, out var value) is true && value is long sequence
            && outstanding.Find((ulong)sequence) is { } publish)
        {
            publish.ReturnReason = $"{e.ReplyCode} {e.ReplyText}";
        }

        return Task.CompletedTask;
    }
}
