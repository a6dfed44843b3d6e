using RabbitDemo.Messaging;

namespace RabbitDemo.Tests.Engine;

public sealed class InboundFramesTests
{
    /// <summary>However what arrives is cut, and whatever the sizes: smaller than the buffer, larger, none.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(1_000)]
    [InlineData(int.MaxValue)]
    public void GivesEachFrameWhole(int most)
    {
        var random = new Random(most);
        var frames = new[] { 0, 1, 250, 70_000, most == 1 ? 10 : 700_000, 3, 131_064, 131_064, 131_064, 0 }.Select((size, i) =>
        {
            var payload = new byte[size];
            random.NextBytes(payload);
            return WireFrames.Frame(3, (ushort)(i * 1_000), payload);
        }).ToList();
        var wire = frames.SelectMany(f => f).ToArray().AsSpan();
        var inbound = new InboundFrames();
        List<byte[]> got = [];
        List<ushort> channels = [];

        while (wire.Length > 0)
        {
            var room = inbound.Room;
            var part = Math.Min(Math.Min(most, room.Length), wire.Length);
            wire[..part].CopyTo(room.Span);
            wire = wire[part..];
            inbound.Written(part);
            while (inbound.TryNext(out var frame))
            {
                got.Add(frame.Whole.ToArray());
                channels.Add(frame.Channel);
            }
        }

        Assert.Equal(frames, got);
        Assert.Equal(Enumerable.Range(0, frames.Count).Select(i => (ushort)(i * 1_000)), channels);
        Assert.Equal(0, inbound.TakeRest().Length);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request")]
    [InlineData("AMQP\0\0\u0009\u0001")]
    [InlineData("\u0003\0\u0001\u0010\0\0\0")] // 256 MB
    [InlineData("\u0001\0\u0001\0\0\0\u0001xy")] // a method whose frame ends with a y
    public void RefusesWhatIsNoFrameAndGivesItBack(string text)
    {
        var inbound = new InboundFrames();
        var bytes = text.Select(c => (byte)c).ToArray();
        bytes.CopyTo(inbound.Room);
        inbound.Written(bytes.Length);

        Assert.Throws<InvalidDataException>(() => inbound.TryNext(out _));
        Assert.Equal(bytes, inbound.TakeRest().ToArray());
    }
}
