using RabbitDemo.Messaging;

namespace RabbitDemo.Tests.Engine;

public sealed class InFlightTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);
    private readonly InFlight inFlight = new();

    [Fact]
    public void KnowsTheOldestWhateverPassesItAndKeepsNothingForThose()
    {
        inFlight.Enter(1, Noon);
        inFlight.Enter(2, Noon.AddMinutes(1));
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (ulong tag = 3; tag <= 100_000; tag++)
        {
            inFlight.Enter(tag, Noon.AddMinutes(2));
            inFlight.Leave(tag);
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        var idle = inFlight.WhenIdle();
        List<string> seen = [Seen()];
        inFlight.Leave(1);
        seen.Add(Seen());
        inFlight.Enter(100_001, Noon.AddMinutes(3));
        inFlight.Leave(2);
        seen.Add(Seen());
        var wasIdle = idle.IsCompleted;
        inFlight.Leave(100_001);

        Assert.Equal(["2 12:00", "1 12:01", "1 12:03"], seen);
        Assert.False(wasIdle);
        Assert.True(idle.IsCompleted);
        Assert.Null(inFlight.OldestAt);
        Assert.True(allocated < 500_000, $"{allocated} bytes for those that passed");

        string Seen() => $"{inFlight.Count} {inFlight.OldestAt:HH:mm}";
    }
}
