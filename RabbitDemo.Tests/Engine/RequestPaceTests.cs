using Microsoft.Extensions.Time.Testing;
using RabbitDemo.Messaging;
using RabbitMQ.Client;

namespace RabbitDemo.Tests.Engine;

public sealed class RequestPaceTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider clock = new();
    private readonly ConfirmTable table;
    private readonly RequestPace pace;
    private readonly PublishQueue queue;
    private readonly List<PendingPublish> written = [];

    public RequestPaceTests()
    {
        table = new(clock);
        pace = new(table, clock);
        queue = new(pace);
        ConfirmOneAfter(RequestPace.Near, table);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(16, 16)]
    [InlineData(20, 16)]
    [InlineData(64, 32)]
    [InlineData(1_000, 500)]
    public void WritesHalfOfWhatIsUnderWayOrSixteen(int requests, int atOnce)
    {
        Add(requests);

        Assert.Equal(atOnce, Write());
    }

    [Fact]
    public async Task WritesTheOtherHalfInOrderWhenTheFirstIsConfirmed()
    {
        var requests = Add(64);
        Write();

        var turn = queue.WaitAsync(CancellationToken.None).AsTask();
        Assert.False(turn.IsCompleted);
        Confirm(32);

        Assert.True(await turn.WaitAsync(Soon));
        Assert.Equal(32, Write());
        Assert.Equal(requests, written);
    }

    [Fact]
    public async Task WritesOneForEachThatIsConfirmed()
    {
        Add(64);
        Write();
        var turn = queue.WaitAsync(CancellationToken.None).AsTask();

        Confirm(1);

        Assert.True(await turn.WaitAsync(Soon));
        Assert.Equal(1, Write());
    }

    [Fact]
    public async Task HoldsNothingBackForLongerThanThreeMilliseconds()
    {
        Add(64);
        Write();
        var turn = queue.WaitAsync(CancellationToken.None).AsTask();

        clock.Advance(RequestPace.Longest - TimeSpan.FromTicks(1));
        Assert.False(turn.IsCompleted);
        clock.Advance(TimeSpan.FromTicks(1));

        Assert.True(await turn.WaitAsync(Soon));
        Assert.Equal(32, Write());
    }

    [Fact]
    public async Task WaitsNoMoreForThoseThatTheBrokerDoesNotConfirm()
    {
        Add(64);
        Write();
        var turn = queue.WaitAsync(CancellationToken.None).AsTask();
        clock.Advance(RequestPace.Longest);
        await turn.WaitAsync(Soon);
        Write();
        Confirm(64, from: 33);

        Add(64);
        Assert.Equal(32, Write());
        Confirm(32);

        Assert.Equal((0, 32), (Write(), table.Awaited)); // those of the first half that came late count as little as before
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void HoldsBackOnlyWhatGoesToABrokerThatIsNear(int? ticksOverNear, bool isOpen)
    {
        var another = new ConfirmTable(clock);
        var its = new RequestPace(another, clock);
        if (ticksOverNear is { } ticks)
            ConfirmOneAfter(RequestPace.Near + TimeSpan.FromTicks(ticks), another);

        for (var number = 1; number <= 16; number++)
            another.Add(Sequence(number), Publish(long.MaxValue));

        Assert.Equal(isOpen, its.IsOpen);
    }

    [Fact]
    public async Task IsPatientFromWhenSomethingIsHeldBack()
    {
        Add(16);
        Write();
        var turn = queue.WaitAsync(CancellationToken.None).AsTask();

        clock.Advance(10 * RequestPace.Longest);
        Add(1);
        clock.Advance(RequestPace.Longest - TimeSpan.FromTicks(1));
        Assert.Equal((false, 16), (turn.IsCompleted, table.Awaited));
        clock.Advance(TimeSpan.FromTicks(1));

        Assert.True(await turn.WaitAsync(Soon));
        Assert.Equal(1, Write());
    }

    [Fact]
    public void ForgetsAfterAWhileHowManyWereUnderWay()
    {
        Add(1_000);
        while (Write() > 0)
            Confirm(written.Count);

        clock.Advance(TimeSpan.FromMilliseconds(51));
        Add(1);
        Write();
        clock.Advance(TimeSpan.FromMilliseconds(51));
        Add(99);

        Assert.Equal(49, Write());
    }

    [Fact]
    public async Task LetsOutWhatIsLeftWhenTheTableIsClosed()
    {
        Add(64);
        Write();
        var turn = queue.WaitAsync(CancellationToken.None).AsTask();

        queue.Complete();
        table.Close("the connection has ended");

        Assert.True(await turn.WaitAsync(Soon));
        Assert.Equal(32, Write());
        Assert.False(await queue.WaitAsync(CancellationToken.None));
    }

    [Fact]
    public void DoesNotCountWhatWasGivenUpWhileItWaited()
    {
        Add(16);
        Write();
        Add(1_000, deadline: 1);

        queue.Expire(1);
        clock.Advance(TimeSpan.FromMilliseconds(51));
        _ = pace.IsOpen;
        clock.Advance(TimeSpan.FromMilliseconds(51));
        Confirm(16);
        Add(40);

        Assert.Equal(20, Write());
    }

    private PendingPublish[] Add(int requests, long deadline = long.MaxValue)
    {
        var added = Enumerable.Range(0, requests)
            .Select(_ => Publish(deadline))
            .ToArray();
        Assert.All(added, publish => Assert.True(queue.TryAdd(publish)));
        return added;
    }

    /// <summary>As a channel's loop does, until something is held back.</summary>
    private int Write()
    {
        var before = written.Count;
        while (queue.TryTake(out var publish))
        {
            publish.TryBeginSending();
            written.Add(publish);
            table.Add(Sequence(written.Count), publish);
        }

        return written.Count - before;
    }

    private void Confirm(int upTo, int from = 1)
    {
        for (var number = from; number <= upTo; number++)
            table.Settle(Sequence(number), multiple: false, static publish => publish.Complete(new(PublishStatus.Confirmed)));
    }

    /// <summary>The first on its channel, from which the pace knows how far away the broker is.</summary>
    private void ConfirmOneAfter(TimeSpan time, ConfirmTable its)
    {
        its.Add(1, Publish(long.MaxValue));
        clock.Advance(time);
        its.Settle(1, multiple: false, static publish => publish.Complete(new(PublishStatus.Confirmed)));
    }

    private static ulong Sequence(int number) => (ulong)number + 1;

    private static PendingPublish Publish(long deadline) =>
        new(new("", "mensajes", new BasicProperties(), ReadOnlyMemory<byte>.Empty), deadline);
}
