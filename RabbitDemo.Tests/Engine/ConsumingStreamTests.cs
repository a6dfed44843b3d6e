using System.Buffers.Binary;
using System.Net.Sockets;
using RabbitDemo.Messaging;

namespace RabbitDemo.Tests.Engine;

public sealed class ConsumingStreamTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private readonly StreamPair pair = new(silence: TimeSpan.FromHours(1));

    public void Dispose() => pair.Dispose();

    /// <summary>Deliveries of a registered channel go to whoever takes them, all else to the library, each in order, however the bytes arrive.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(1_000_000)]
    public async Task TellsDeliveriesFromTheRest(int most)
    {
        TakenDeliveries first = new(), second = new();
        pair.Stream.Register(1, new(first, uint.MaxValue));
        pair.Stream.Register(2, new(second, uint.MaxValue));
        List<byte> wire = [], rest = [];
        for (ulong tag = 1; tag <= 100; tag++)
        {
            wire.AddRange(WireFrames.Delivery((ushort)(1 + tag % 2), tag, new byte[tag], most: 30));
            byte[][] others = [WireFrames.Method(1, 60, 21, 1, (byte)'c'), WireFrames.Delivery(3, tag, new byte[tag * 70], most: 3_000), WireFrames.Frame(8, 0, [])];
            var other = others[tag % 3];
            wire.AddRange(other);
            rest.AddRange(other);
        }

        var reading = pair.ReadAsync(rest.Count);
        foreach (var part in wire.Chunk(most))
            await pair.Broker.SendAsync(part);

        Assert.Equal(rest, await reading.WaitAsync(Soon));
        await Eventually.TrueAsync("everything is delivered", Soon, () => Task.FromResult(first.Count + second.Count == 100));
        Assert.All(first.All, d => Assert.Equal(((int)d.Envelope.DeliveryTag, $"m{d.Envelope.DeliveryTag}"), (d.Body.Length, d.MessageId)));
        Assert.Equal(Enumerable.Range(1, 50).Select(i => (ulong)i * 2), first.All.Select(d => d.Envelope.DeliveryTag));
        Assert.Equal(Enumerable.Range(0, 50).Select(i => (ulong)i * 2 + 1), second.All.Select(d => d.Envelope.DeliveryTag));
        await Eventually.TrueAsync("the last read has ended", Soon, () => Task.FromResult(first.ReadsEndedAt.Contains(50) && second.ReadsEndedAt.Contains(50)));
    }

    /// <summary>The library waits for its answer, and whoever waits for the library may be who ends the session over that handler.</summary>
    [Fact]
    public async Task DoesNotKeepFromTheLibraryWhatCameBeforeABlockingHandler()
    {
        using var released = new ManualResetEventSlim();
        TakenDeliveries taken = new(_ => released.Wait(Soon));
        pair.Stream.Register(1, new(taken, uint.MaxValue));
        var consumeOk = WireFrames.Method(1, 60, 21, 1, (byte)'c');
        await pair.Broker.SendAsync((byte[])[.. consumeOk, .. WireFrames.Delivery(1, 1, [1])]);

        Assert.Equal(consumeOk, await pair.ReadAsync(consumeOk.Length).WaitAsync(Soon / 2));
        Assert.Empty(taken.ReadsEndedAt);
        released.Set();
    }

    /// <summary>The broker sends no heartbeats while it delivers, and the library would give the connection up.</summary>
    [Fact]
    public async Task TellsTheLibraryThatTheBrokerIsThere()
    {
        using var impatient = new StreamPair(silence: TimeSpan.FromSeconds(0.2));
        TakenDeliveries taken = new();
        impatient.Stream.Register(1, new(taken, uint.MaxValue));
        var reading = impatient.ReadAsync(8 * 3);
        for (ulong tag = 1; !reading.IsCompleted; tag++)
        {
            Assert.True(tag < 1_000, "no heartbeats for the library");
            await impatient.Broker.SendAsync(WireFrames.Delivery(1, tag, [1]));
            await Task.WhenAny(reading, Task.Delay(20));
        }

        Assert.Equal(Enumerable.Repeat(WireFrames.Frame(8, 0, []), 3).SelectMany(frame => frame), await reading);
        Assert.NotEqual(0, taken.Count);
    }

    /// <summary>The library's frames come in pieces; ours are never inside one, and come in the end.</summary>
    [Fact]
    public async Task SendsItsFramesBetweenTheLibrarys()
    {
        var receiving = Task.Run(Receive);
        await pair.Stream.WriteAsync("AMQP\0\0\u0009\u0001"u8.ToArray());
        var acking = Task.Run(async () =>
        {
            for (ulong tag = 1; tag <= 20_000; tag++)
                await pair.Stream.WriteFrameAsync(AmqpFrame.OfAck(1, tag, multiple: false), CancellationToken.None);
        });
        for (var i = 0; !receiving.IsCompleted && (!acking.IsCompleted || i < 2_000); i++)
        {
            foreach (var piece in WireFrames.Body(9, new byte[i % 300]).Chunk(1 + i % 50))
                await pair.Stream.WriteAsync(piece).AsTask().WaitAsync(Soon);
        }

        await acking.WaitAsync(Soon);
        await pair.Stream.WriteAsync(WireFrames.Frame(8, 0, []));
        Assert.Equal(Enumerable.Range(1, 20_000).Select(i => (ulong)i), await receiving.WaitAsync(Soon));

        List<ulong> Receive()
        {
            List<ulong> acks = [];
            var inbound = new InboundFrames();
            pair.Broker.Receive(inbound.Room.Span[..8]);
            while (true)
            {
                inbound.Written(pair.Broker.Receive(inbound.Room.Span));
                while (inbound.TryNext(out var frame))
                {
                    if (frame.Type == AmqpFrame.Heartbeat)
                        return acks;

                    if (frame.Type == AmqpFrame.Method)
                        acks.Add(BinaryPrimitives.ReadUInt64BigEndian(frame.Payload.Span[4..]));
                    else
                        Assert.Equal(9, frame.Channel);
                }
            }
        }
    }

    [Fact]
    public async Task LeavesToTheLibraryWhatIsNoFrame()
    {
        var answer = "HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray();
        await pair.Broker.SendAsync(answer);
        pair.Broker.Shutdown(SocketShutdown.Send);

        Assert.Equal(answer, await pair.ReadAsync(answer.Length).WaitAsync(Soon));
        Assert.Equal(0, await pair.Stream.ReadAsync(new byte[10]).AsTask().WaitAsync(Soon));
    }
}
