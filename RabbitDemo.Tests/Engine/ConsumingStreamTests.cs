using System.Net;
using System.Net.Sockets;
using RabbitDemo.Messaging;

namespace RabbitDemo.Tests.Engine;

public sealed class ConsumingStreamTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private readonly ConsumingStream stream;
    private readonly Socket broker;

    public ConsumingStreamTests() => (stream, broker) = Connect(silence: TimeSpan.FromHours(1));

    public void Dispose()
    {
        stream.Dispose();
        broker.Dispose();
    }

    /// <summary>Deliveries of a registered channel go to whoever takes them, all else to the library, each in order, however the bytes arrive.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(1_000_000)]
    public async Task TellsDeliveriesFromTheRest(int most)
    {
        TakenDeliveries first = new(), second = new();
        stream.Register(1, new(first, uint.MaxValue));
        stream.Register(2, new(second, uint.MaxValue));
        List<byte> wire = [], rest = [];
        for (ulong tag = 1; tag <= 100; tag++)
        {
            wire.AddRange(WireFrames.Delivery((ushort)(1 + tag % 2), tag, new byte[tag], most: 30));
            byte[][] others = [WireFrames.Method(1, 60, 21, 1, (byte)'c'), WireFrames.Delivery(3, tag, new byte[tag * 70], most: 3_000), WireFrames.Frame(8, 0, [])];
            var other = others[tag % 3];
            wire.AddRange(other);
            rest.AddRange(other);
        }

        var reading = ReadAsync(rest.Count);
        foreach (var part in wire.Chunk(most))
            await broker.SendAsync(part);

        Assert.Equal(rest, await reading.WaitAsync(Soon));
        await Eventually.TrueAsync("everything is delivered", Soon, () => Task.FromResult(first.Count + second.Count == 100));
        Assert.All(first.All, d => Assert.Equal(((int)d.Envelope.DeliveryTag, $"m{d.Envelope.DeliveryTag}"), (d.Body.Length, d.MessageId)));
        Assert.Equal(Enumerable.Range(1, 50).Select(i => (ulong)i * 2), first.All.Select(d => d.Envelope.DeliveryTag));
        Assert.Equal(Enumerable.Range(0, 50).Select(i => (ulong)i * 2 + 1), second.All.Select(d => d.Envelope.DeliveryTag));
        await Eventually.TrueAsync("the last read has ended", Soon, () => Task.FromResult(first.ReadsEndedAt.Contains(50) && second.ReadsEndedAt.Contains(50)));
    }

    /// <summary>The broker sends no heartbeats while it delivers, and the library would give the connection up.</summary>
    [Fact]
    public async Task TellsTheLibraryThatTheBrokerIsThere()
    {
        var (impatient, other) = Connect(silence: TimeSpan.FromSeconds(0.2));
        await using var reader = impatient;
        using var writer = other;
        TakenDeliveries taken = new();
        impatient.Register(1, new(taken, uint.MaxValue));
        var got = new byte[8 * 3];
        var reading = impatient.ReadExactlyAsync(got).AsTask();
        for (ulong tag = 1; !reading.IsCompleted; tag++)
        {
            Assert.True(tag < 1_000, "no heartbeats for the library");
            await writer.SendAsync(WireFrames.Delivery(1, tag, [1]));
            await Task.WhenAny(reading, Task.Delay(20));
        }

        await reading;
        Assert.Equal(Enumerable.Repeat(WireFrames.Frame(8, 0, []), 3).SelectMany(frame => frame), got);
        Assert.NotEqual(0, taken.Count);
    }

    /// <summary>The library's frames come in pieces; ours are never inside one, and come in the end.</summary>
    [Fact]
    public async Task SendsItsFramesBetweenTheLibrarys()
    {
        var receiving = Task.Run(Receive);
        await stream.WriteAsync("AMQP\0\0\u0009\u0001"u8.ToArray());
        var acking = Task.Run(async () =>
        {
            for (ulong tag = 1; tag <= 20_000; tag++)
                await stream.WriteFrameAsync(AmqpFrame.OfAck(1, tag, multiple: false), CancellationToken.None);
        });
        for (var i = 0; !receiving.IsCompleted && (!acking.IsCompleted || i < 2_000); i++)
        {
            foreach (var piece in WireFrames.Body(9, new byte[i % 300]).Chunk(1 + i % 50))
                await stream.WriteAsync(piece).AsTask().WaitAsync(Soon);
        }

        await acking.WaitAsync(Soon);
        await stream.WriteAsync(WireFrames.Frame(8, 0, []));
        Assert.Equal(Enumerable.Range(1, 20_000).Select(i => (ulong)i), await receiving.WaitAsync(Soon));

        List<ulong> Receive()
        {
            List<ulong> acks = [];
            var inbound = new InboundFrames();
            broker.Receive(inbound.Room.Span[..8]);
            while (true)
            {
                inbound.Written(broker.Receive(inbound.Room.Span));
                while (inbound.TryNext(out var frame))
                {
                    if (frame.Type == AmqpFrame.Heartbeat)
                        return acks;

                    if (frame.Type == AmqpFrame.Method)
                        acks.Add(System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(frame.Payload.Span[4..]));
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
        await broker.SendAsync(answer);
        broker.Shutdown(SocketShutdown.Send);

        Assert.Equal(answer, await ReadAsync(answer.Length).WaitAsync(Soon));
        Assert.Equal(0, await stream.ReadAsync(new byte[10]).AsTask().WaitAsync(Soon));
    }

    /// <summary>The library first reads what came before, which may say why; and what was delivered is acknowledged.</summary>
    [Fact]
    public async Task FailsTheLibrarysReadWhenADeliveryCannotBeTaken()
    {
        TakenDeliveries taken = new(envelope =>
        {
            if (envelope.DeliveryTag == 2)
                throw new InvalidOperationException("no room");
        });
        stream.Register(1, new(taken, uint.MaxValue));
        var before = WireFrames.Method(0, 10, 60, 0);
        await broker.SendAsync((byte[])[.. before, .. WireFrames.Delivery(1, 1, [1]), .. WireFrames.Delivery(1, 2, [1])]);

        Assert.Equal(before, await ReadAsync(before.Length).WaitAsync(Soon));
        Assert.Equal("no room", (await Assert.ThrowsAsync<IOException>(() => ReadAsync(1).WaitAsync(Soon))).Message);
        Assert.Equal(2, taken.ReadsEndedAt[^1]);
    }

    /// <summary>The thread waits in the system: closing the socket has to end that.</summary>
    [Fact]
    public async Task EndsWithItsSocket()
    {
        var reading = ReadAsync(1);
        await broker.SendAsync(WireFrames.Frame(8, 0, [])[..3]);
        await stream.DisposeAsync();

        Assert.IsAssignableFrom<IOException>(await Record.ExceptionAsync(() => reading.WaitAsync(Soon)));
    }

    /// <summary>As <see cref="EndsWithItsSocket"/>, while a send waits for a broker that does not read.</summary>
    [Fact]
    public async Task EndsWithItsSocketWhileItSends()
    {
        var writing = Task.Run(async () =>
        {
            while (true)
                await stream.WriteAsync(new byte[100_000]);
        });
        await Eventually.TrueAsync("the socket is full", Soon, async () =>
        {
            var before = broker.Available;
            await Task.Delay(100);
            return before > 0 && before == broker.Available;
        });
        await stream.DisposeAsync();

        Assert.IsAssignableFrom<IOException>(await Record.ExceptionAsync(() => writing.WaitAsync(Soon)));
    }

    /// <summary>A part of it may be on its way: nothing more can be said on this connection, and nothing heard.</summary>
    [Fact]
    public async Task EndsWhenASendTakesTooLong()
    {
        stream.WriteTimeout = 200;
        var reading = ReadAsync(1);
        var failure = await Record.ExceptionAsync(async () =>
        {
            while (true)
                await stream.WriteAsync(new byte[100_000]).AsTask().WaitAsync(Soon);
        });

        Assert.IsAssignableFrom<IOException>(failure);
        Assert.IsAssignableFrom<IOException>(await Record.ExceptionAsync(() => reading.WaitAsync(Soon)));
    }

    /// <summary>Nobody answers: the listener's queue is full. Who gives up is not kept waiting, nor a thread.</summary>
    [Fact]
    public async Task GivesUpConnecting()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        List<Socket> waiting = [];
        using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            while (true)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                waiting.Add(socket);
                using var connection = ConsumingConnection.Want();
                await connection.Open(socket).ConnectAsync(IPAddress.Loopback, port, enough.Token).WaitAsync(Soon);
            }
        });

        Assert.All(waiting[..^1], socket => Assert.True(socket.Connected));
        Assert.True(waiting[^1].SafeHandle.IsClosed);
        waiting.ForEach(socket => socket.Dispose());
    }

    private static (ConsumingStream Stream, Socket Broker) Connect(TimeSpan silence)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(listener.LocalEndpoint);
        return (new(socket, silence), listener.AcceptSocket());
    }

    private async Task<byte[]> ReadAsync(int count)
    {
        var got = new byte[count];
        await stream.ReadExactlyAsync(got);
        return got;
    }
}
