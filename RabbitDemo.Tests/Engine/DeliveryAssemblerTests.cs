using RabbitDemo.Messaging;

namespace RabbitDemo.Tests.Engine;

public sealed class DeliveryAssemblerTests
{
    private const uint MaxBody = 1_000;

    private readonly TakenDeliveries taken = new();

    [Theory]
    [InlineData(0, 10)]
    [InlineData(10, 10)]
    [InlineData(1_000, 999)]
    [InlineData(1_000, 1)]
    public void PutsADeliveryTogether(int size, int most)
    {
        var assembler = new DeliveryAssembler(taken, MaxBody);
        var body = Enumerable.Range(0, size).Select(i => (byte)i).ToArray();
        byte[][] frames =
        [
            WireFrames.Deliver(1, 7, "", "señal", redelivered: true), WireFrames.Header(1, (ulong)size, "m"),
            .. body.Chunk(most).Select(part => WireFrames.Body(1, part))
        ];

        foreach (var frame in frames)
        {
            Assert.Empty(taken.All);
            Assert.True(assembler.Take(FrameOf(frame), out _));
        }

        var (envelope, messageId, got) = Assert.Single(taken.All);
        Assert.Equal((new Envelope(7, true, "", "señal"), "m"), (envelope, messageId));
        Assert.Equal(body, got);
    }

    /// <summary>The library closes the connection over them, and its words are the ones people know.</summary>
    [Theory]
    [InlineData(MaxBody + 1UL, false)]
    [InlineData(ulong.MaxValue, false)]
    [InlineData(3, true)]
    public void LeavesToTheLibraryWhatThatRefuses(ulong size, bool isCut)
    {
        var assembler = new DeliveryAssembler(taken, MaxBody);
        var deliver = WireFrames.Deliver(1, 7);
        var header = isCut ? WireFrames.Frame(2, 1, [0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0x80, 200]) : WireFrames.Header(1, size, "m");

        Assert.True(assembler.Take(FrameOf(deliver), out _));
        Assert.False(assembler.Take(FrameOf(header), out var withheld));

        Assert.Equal(deliver, withheld.ToArray());
        Assert.False(assembler.Take(FrameOf(WireFrames.Body(1, [1, 2, 3])), out _));
        Assert.Empty(taken.All);
    }

    [Fact]
    public void LeavesOtherMethodsToTheLibrary()
    {
        var assembler = new DeliveryAssembler(taken, MaxBody);
        Assert.False(assembler.Take(FrameOf(WireFrames.Method(1, 60, 21, 1, (byte)'c')), out var withheld));
        Assert.False(assembler.Take(FrameOf(WireFrames.Method(1, 60, 60)), out _)); // a deliver without arguments
        Assert.True(withheld.IsEmpty);
    }

    [Fact]
    public void RefusesAnotherFrameInsideABody()
    {
        var assembler = new DeliveryAssembler(taken, MaxBody);
        assembler.Take(FrameOf(WireFrames.Deliver(1, 7)), out _);
        assembler.Take(FrameOf(WireFrames.Header(1, 3, "m")), out _);
        Assert.Throws<IOException>(() => assembler.Take(FrameOf(WireFrames.Body(1, new byte[4])), out _));
        Assert.Throws<IOException>(() => assembler.Take(FrameOf(WireFrames.Deliver(1, 8)), out _));
    }

    private static AmqpFrame FrameOf(byte[] whole) => new(whole[0], 1, whole);
}
