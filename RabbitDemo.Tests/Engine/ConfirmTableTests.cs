using System.Diagnostics;
using RabbitDemo.Messaging;
using RabbitMQ.Client;

namespace RabbitDemo.Tests.Engine;

public sealed class ConfirmTableTests
{
    private const long Deadline = 100;

    private readonly ConfirmTable table = new(TimeProvider.System);

    [Fact]
    public async Task ForgetsWhatWasGivenUp()
    {
        var (stuck, next) = (Publish(Deadline), Publish(2 * Deadline));
        table.Add(1, stuck);
        table.Add(2, next);

        var waits = table.Expire(Deadline);
        Settle(1, multiple: false);
        Settle(2, multiple: false);

        Assert.True(waits);
        Assert.Null(table.Find(1));
        Assert.Equal((PublishStatus.Unknown, PublishStatus.Confirmed), ((await stuck.Outcome).Status, (await next.Outcome).Status));
        Assert.False(table.Expire(Deadline));
    }

    [Fact]
    public void KeepsNothingOfThosePublishesThatPassOneWithoutAConfirm()
    {
        const ulong Passing = 1_000_000;
        table.Add(1, Publish(Deadline));
        table.Expire(Deadline);
        var passing = Publish(long.MaxValue);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var sequence = 2ul; sequence <= Passing; sequence++)
        {
            table.Add(sequence, passing);
            table.Settle(sequence, multiple: false, static _ => { });
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        var clock = Stopwatch.StartNew();
        for (var sweep = 0; sweep < 1_000; sweep++)
            table.Expire(Deadline);

        Assert.True(allocated < 1_000_000, $"{allocated} bytes for {Passing} that passed one");
        Assert.True(clock.ElapsedMilliseconds < 500, $"1 000 sweeps took {clock.ElapsedMilliseconds} ms");
    }

    [Fact]
    public void ConfirmsAllUpToOneThatComesAfterThoseGivenUp()
    {
        for (var sequence = 1ul; sequence <= 3; sequence++)
            table.Add(sequence, Publish(sequence == 2 ? Deadline : long.MaxValue));

        table.Expire(Deadline);
        List<PendingPublish> settled = [];
        table.Settle(3, multiple: true, settled.Add);

        Assert.Equal(2, settled.Count);
        Assert.False(table.Expire(Deadline));
    }

    private void Settle(ulong sequence, bool multiple) =>
        table.Settle(sequence, multiple, static publish => publish.Complete(new(PublishStatus.Confirmed)));

    private static PendingPublish Publish(long deadline)
    {
        var publish = new PendingPublish(new("", "mensajes", new BasicProperties(), ReadOnlyMemory<byte>.Empty), deadline);
        publish.TryBeginSending();
        return publish;
    }
}
