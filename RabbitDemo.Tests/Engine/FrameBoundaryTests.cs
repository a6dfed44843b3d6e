using RabbitDemo.Messaging;

namespace RabbitDemo.Tests.Engine;

public sealed class FrameBoundaryTests
{
    /// <summary>However the writes are cut, it is between two frames there and nowhere else.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(1_000)]
    public void IsWhereAFrameEnds(int most)
    {
        byte[][] frames = [[.. "AMQP"u8, 0, 0, 9, 1], WireFrames.Frame(8, 0, []), WireFrames.Deliver(1, 5), WireFrames.Body(1, new byte[300]), WireFrames.Frame(8, 0, [])];
        HashSet<int> ends = [.. frames.Select((_, i) => frames.Take(i + 1).Sum(f => f.Length))];
        byte[] all = [.. frames.SelectMany(f => f)];
        var boundary = new FrameBoundary();
        Assert.False(boundary.IsHere);

        for (var at = 0; at < all.Length;)
        {
            var part = Math.Min(most, all.Length - at);
            boundary.Advance(all.AsSpan(at, part));
            at += part;
            Assert.Equal(ends.Contains(at), boundary.IsHere);
        }

        Assert.True(boundary.IsHere);
    }
}
