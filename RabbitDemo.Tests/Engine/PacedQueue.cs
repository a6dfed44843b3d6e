using Microsoft.Extensions.Time.Testing;
using RabbitDemo.Messaging;
using RabbitMQ.Client;

namespace RabbitDemo.Tests.Engine;

/// <summary>The queue of a channel for requests and its table of confirms, without a broker, which is near.</summary>
internal sealed class PacedQueue
{
    public PacedQueue()
    {
        Table = new(Clock);
        Pace = new(Table, Clock);
        Queue = new(Pace);
        ConfirmOneAfter(RequestPace.Near, Table);
    }

    public FakeTimeProvider Clock { get; } = new();

    public ConfirmTable Table { get; }

    public RequestPace Pace { get; }

    public PublishQueue Queue { get; }

    public List<PendingPublish> Written { get; } = [];

    public PendingPublish[] Add(int requests, long deadline = long.MaxValue)
    {
        var added = Enumerable.Range(0, requests)
            .Select(_ => Publish(deadline))
            .ToArray();
        Assert.All(added, publish => Assert.True(Queue.TryAdd(publish)));
        return added;
    }

    /// <summary>As a channel's loop does, until something is held back.</summary>
    public int Write()
    {
        var before = Written.Count;
        while (Queue.TryTake(out var publish))
        {
            publish.TryBeginSending();
            Written.Add(publish);
            Table.Add(Sequence(Written.Count), publish);
        }

        return Written.Count - before;
    }

    public void Confirm(int upTo, int from = 1)
    {
        for (var number = from; number <= upTo; number++)
            Table.Settle(Sequence(number), multiple: false, static publish => publish.Complete(new(PublishStatus.Confirmed)));
    }

    /// <summary>The first on its channel, from which the pace knows how far away the broker is.</summary>
    public void ConfirmOneAfter(TimeSpan time, ConfirmTable its)
    {
        its.Add(1, Publish(long.MaxValue));
        Clock.Advance(time);
        its.Settle(1, multiple: false, static publish => publish.Complete(new(PublishStatus.Confirmed)));
    }

    public static ulong Sequence(int number) => (ulong)number + 1;

    public static PendingPublish Publish(long deadline) =>
        new(new("", "mensajes", new BasicProperties(), ReadOnlyMemory<byte>.Empty), deadline);
}
