using RabbitDemo.Messaging;

namespace RabbitDemo.Tests.Engine;

public sealed class RequestPaceTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private readonly PacedQueue paced = new();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(16, 16)]
    [InlineData(20, 16)]
    [InlineData(64, 32)]
    [InlineData(1_000, 500)]
    public void WritesHalfOfWhatIsUnderWayOrSixteen(int requests, int atOnce)
    {
        paced.Add(requests);

        Assert.Equal(atOnce, paced.Write());
    }

    [Fact]
    public async Task WritesTheOtherHalfInOrderWhenTheFirstIsConfirmed()
    {
        var requests = paced.Add(64);
        paced.Write();

        var turn = paced.Queue.WaitAsync(CancellationToken.None).AsTask();
        Assert.False(turn.IsCompleted);
        paced.Confirm(32);

        Assert.True(await turn.WaitAsync(Soon));
        Assert.Equal(32, paced.Write());
        Assert.Equal(requests, paced.Written);
    }

    [Fact]
    public async Task WritesOneForEachThatIsConfirmed()
    {
        paced.Add(64);
        paced.Write();
        var turn = paced.Queue.WaitAsync(CancellationToken.None).AsTask();

        paced.Confirm(1);

        Assert.True(await turn.WaitAsync(Soon));
        Assert.Equal(1, paced.Write());
    }

    [Fact]
    public async Task HoldsNothingBackForLongerThanThreeMilliseconds()
    {
        paced.Add(64);
        paced.Write();
        var turn = paced.Queue.WaitAsync(CancellationToken.None).AsTask();

        paced.Clock.Advance(RequestPace.Longest - TimeSpan.FromTicks(1));
        Assert.False(turn.IsCompleted);
        paced.Clock.Advance(TimeSpan.FromTicks(1));

        Assert.True(await turn.WaitAsync(Soon));
        Assert.Equal(32, paced.Write());
    }

    [Fact]
    public async Task WaitsNoMoreForThoseThatTheBrokerDoesNotConfirm()
    {
        paced.Add(64);
        paced.Write();
        var turn = paced.Queue.WaitAsync(CancellationToken.None).AsTask();
        paced.Clock.Advance(RequestPace.Longest);
        await turn.WaitAsync(Soon);
        paced.Write();
        paced.Confirm(64, from: 33);

        paced.Add(64);
        Assert.Equal(32, paced.Write());
        paced.Confirm(32);

        Assert.Equal((0, 32), (paced.Write(), paced.Table.Awaited)); // those of the first half that came late count as little as before
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void HoldsBackOnlyWhatGoesToABrokerThatIsNear(int? ticksOverNear, bool isOpen)
    {
        var another = new ConfirmTable(paced.Clock);
        var its = new RequestPace(another, paced.Clock);
        if (ticksOverNear is { } ticks)
            paced.ConfirmOneAfter(RequestPace.Near + TimeSpan.FromTicks(ticks), another);

        for (var number = 1; number <= 16; number++)
            another.Add(PacedQueue.Sequence(number), PacedQueue.Publish(long.MaxValue));

        Assert.Equal(isOpen, its.IsOpen);
    }

    [Fact]
    public async Task IsPatientFromWhenSomethingIsHeldBack()
    {
        paced.Add(16);
        paced.Write();
        var turn = paced.Queue.WaitAsync(CancellationToken.None).AsTask();

        paced.Clock.Advance(10 * RequestPace.Longest);
        paced.Add(1);
        paced.Clock.Advance(RequestPace.Longest - TimeSpan.FromTicks(1));
        Assert.Equal((false, 16), (turn.IsCompleted, paced.Table.Awaited));
        paced.Clock.Advance(TimeSpan.FromTicks(1));

        Assert.True(await turn.WaitAsync(Soon));
        Assert.Equal(1, paced.Write());
    }

    [Fact]
    public void ForgetsAfterAWhileHowManyWereUnderWay()
    {
        paced.Add(1_000);
        while (paced.Write() > 0)
            paced.Confirm(paced.Written.Count);

        paced.Clock.Advance(TimeSpan.FromMilliseconds(51));
        paced.Add(1);
        paced.Write();
        paced.Clock.Advance(TimeSpan.FromMilliseconds(51));
        paced.Add(99);

        Assert.Equal(49, paced.Write());
    }

    [Fact]
    public async Task LetsOutWhatIsLeftWhenTheTableIsClosed()
    {
        paced.Add(64);
        paced.Write();
        var turn = paced.Queue.WaitAsync(CancellationToken.None).AsTask();

        paced.Queue.Complete();
        paced.Table.Close("the connection has ended");

        Assert.True(await turn.WaitAsync(Soon));
        Assert.Equal(32, paced.Write());
        Assert.False(await paced.Queue.WaitAsync(CancellationToken.None));
    }

    [Fact]
    public void DoesNotCountWhatWasGivenUpWhileItWaited()
    {
        paced.Add(16);
        paced.Write();
        var late = paced.Add(1_000, deadline: 1);

        paced.Queue.Expire(1);
        Assert.All(late, publish => Assert.True(publish.IsDone));
        paced.Clock.Advance(TimeSpan.FromMilliseconds(51));
        _ = paced.Pace.IsOpen;
        paced.Clock.Advance(TimeSpan.FromMilliseconds(51));
        paced.Confirm(16);
        paced.Add(40);

        Assert.Equal(20, paced.Write());
    }
}
