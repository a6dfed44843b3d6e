using RabbitDemo.Lab.Journeys;

namespace RabbitDemo.Tests.Lab;

public sealed class TimelineTests
{
    private static readonly DateTimeOffset Start = Batches.Noon;

    [Fact]
    public void ShowsAMessageThatWasStoredAtOnce()
    {
        var place = new Place { State = "stored", Attempts = [Tried(1, "stored", 2, 3)] };

        Assert.Equal("publish 0-1, wait 1-2, stored 2-3", Show(Timeline.Of(place, At(0), At(1))));
    }

    [Fact]
    public void ShowsOneThatWasStoredAtItsSecondAttempt()
    {
        var place = new Place { State = "stored", Attempts = [Tried(1, "failed", 2, 3), Tried(2, "stored", 5, 6)] };

        Assert.Equal("publish 0-1, wait 1-2, failed 2-3, wait 3-5, stored 5-6", Show(Timeline.Of(place, At(0), At(1))));
    }

    [Fact]
    public void ShowsOneThatIsDead()
    {
        var place = new Place { State = "dead", Attempts = [Tried(1, "timed-out", 2, 3)], DeadLetters = [Died(3, "dead", null)] };

        Assert.Equal("wait 0-2, failed 2-3, dead 3-", Show(Timeline.Of(place, At(0), confirmed: null)));
    }

    [Fact]
    public void ShowsOneThatWasRedrivenAndStored()
    {
        var place = new Place
        {
            State = "stored",
            Attempts = [Tried(1, "failed", 2, 3), Tried(2, "stored", 9, 10)],
            DeadLetters = [Died(3, "redriven", 7)]
        };

        var stretches = Timeline.Of(place, At(0), At(1));

        Assert.Equal("publish 0-1, wait 1-2, failed 2-3, dead 3-7, redriven 7-7, wait 7-9, stored 9-10", Show(stretches));
        Assert.Equal("redriven: waits in the queue", stretches[5].Text);
    }

    [Fact]
    public void ShowsOneThatWaitsForItsNextAttempt()
    {
        var place = new Place { State = "waiting", Attempts = [Tried(1, "failed", 2, 3)] };

        Assert.Equal("wait 0-2, failed 2-3, wait 3-", Show(Timeline.Of(place, At(0), confirmed: null)));
    }

    [Fact]
    public void ShowsOneThatWasNeverAttempted() =>
        Assert.Equal("wait 4-", Show(Timeline.Of(new() { State = "waiting", PublishedAt = At(4) }, accepted: null, confirmed: null)));

    [Fact]
    public void ShowsAnAttemptThatRunsAsTheLast()
    {
        var place = new Place { State = "waiting", Attempts = [Tried(1, "unfinished", 2, null)] };

        Assert.Equal("wait 0-2, failed 2-", Show(Timeline.Of(place, At(0), confirmed: null)));
    }

    [Fact]
    public void EndsAnAttemptWhoseProcessDiedWhereTheNextBegins()
    {
        var place = new Place { State = "stored", Attempts = [Tried(1, "unfinished", 2, null), Tried(2, "stored", 5, 6)] };

        Assert.Equal("wait 0-2, failed 2-5, stored 5-6", Show(Timeline.Of(place, At(0), confirmed: null)));
    }

    [Fact]
    public void LeavesOutAPublishThatWouldEndBeforeItBegan()
    {
        var place = new Place { State = "stored", Attempts = [Tried(1, "stored", 2, 3)] };

        Assert.Equal("wait 1-2, stored 2-3", Show(Timeline.Of(place, At(9), At(1))));
    }

    [Theory]
    [InlineData("stored", "attempt {0}: handled, stored and acknowledged")]
    [InlineData("abandoned", "attempt {0}: interrupted, not counted")]
    [InlineData("timed-out", "attempt {0}: over its time limit")]
    [InlineData("failed", "attempt {0}: failed")]
    public void SaysWhatBecameOfAnAttempt(string outcome, string text)
    {
        var stretch = Assert.Single(Timeline.Of(new() { State = "stored", Attempts = [Tried(4, outcome, 2, 3)] }, null, null));

        Assert.Equal((text, 4, "consumer-1: Boom"), (stretch.Text, stretch.Number, stretch.Detail));
    }

    [Theory]
    [InlineData("019b7ea3-3e80-7000-8000-000000000000", 1767356186240)]
    [InlineData("019b7ea3-3e80-4000-8000-000000000000", null)]
    [InlineData("ffffffff-ffff-7fff-bfff-ffffffffffff", null)]
    [InlineData("019b7ea33e8070008000000000000000", null)]
    [InlineData("order-1", null)]
    [InlineData("", null)]
    public void KnowsFromAnIdOfTheProducersWhenItTookTheEvent(string messageId, long? milliseconds) =>
        Assert.Equal(milliseconds, Timeline.AcceptedAt(messageId)?.ToUnixTimeMilliseconds());

    private static DateTimeOffset At(int second) => Start.AddSeconds(second);

    private static Attempt Tried(int number, string outcome, int from, int? to) =>
        new(number, At(from), to is { } second ? At(second) : null, outcome, "Boom", "consumer-1");

    private static Letter Died(int at, string state, int? settled) =>
        new(1, "attempts", "Boom", At(at), 1, state, settled is { } second ? At(second) : null);

    /// <summary>With the check that holds for all: in the order of time, none before the other's end.</summary>
    private static string Show(IReadOnlyList<Stretch> stretches)
    {
        Assert.All(stretches.Zip(stretches.Skip(1)), pair => Assert.True(pair.First.End is null || pair.First.End <= pair.Second.Start, $"{pair.First} and {pair.Second}"));
        Assert.All(stretches.SkipLast(1), stretch => Assert.NotNull(stretch.End));
        return string.Join(", ", stretches.Select(s => $"{s.Kind} {(s.Start - Start).TotalSeconds}-{(s.End - Start)?.TotalSeconds}"));
    }
}
