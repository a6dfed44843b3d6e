using RabbitDemo.Producer.Outbox;

namespace RabbitDemo.Tests.Producer;

/// <summary>How long the relay waits before it tries again what the broker has refused.</summary>
public sealed class OutboxSuspicionTests
{
    private readonly OutboxSuspicion suspicion = new();

    [Fact]
    public void TriesAQueueOnceASecond() => Assert.Equal([1, 1, 1, 1], Pauses(4, copies: false));

    [Fact]
    public void TriesWhatOtherQueuesGetWithEachAttemptLessAndLess() =>
        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60], Pauses(8, copies: true));

    [Fact]
    public void BeginsAnewWithTheNextEvent()
    {
        Pauses(5, copies: true);

        suspicion.Passed();

        Assert.Equal([1, 2], Pauses(2, copies: true));
    }

    private double[] Pauses(int refusals, bool copies) => [.. Enumerable.Range(0, refusals).Select(_ =>
    {
        suspicion.Refused(newest: 1, copies);
        return suspicion.Pause.TotalSeconds;
    })];
}
