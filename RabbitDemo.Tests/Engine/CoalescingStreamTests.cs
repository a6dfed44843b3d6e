using System.Net;
using System.Net.Sockets;
using RabbitDemo.Messaging;

namespace RabbitDemo.Tests.Engine;

public sealed class CoalescingStreamTests
{
    /// <summary>A write after a silence is sent at once by its writer; those that follow on its heels go together.</summary>
    [Theory]
    [InlineData(3_000_000, int.MaxValue)]
    [InlineData(300_000, 10)]
    public async Task SendsEverythingInOrder(int length, int writesBetweenSilences)
    {
        var (stream, reader) = await ConnectAsync();
        await using var writing = stream;
        using var reading = reader;
        var sent = new byte[length];
        new Random(1).NextBytes(sent);

        var read = Task.Run(async () =>
        {
            var got = new byte[sent.Length];
            await using var from = new NetworkStream(reading);
            await from.ReadExactlyAsync(got);
            return got;
        });
        for (var i = 0; i < length / 1_000; i++)
        {
            if ((i + 1) % writesBetweenSilences == 0)
                await Task.Delay(2);

            await stream.WriteAsync(sent.AsMemory(i * 1_000, 1_000));
        }

        Assert.Equal(sent, await read.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    /// <summary>What waits for a thread of the pool is sent by its writer once it is more than 8 KB, and goes nowhere twice.</summary>
    [Fact]
    public async Task LetsNobodyWaitForThePoolWithMuch()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        byte[] small = [1], much = new byte[10_000];
        await Eventually.TrueAsync("the writer sends it", TimeSpan.FromSeconds(5), () =>
        {
            using var stream = new SendsOfTheWriter(ConnectedSocket(listener));
            stream.Write(small);
            stream.Write(small);
            stream.Write(much);
            return Task.FromResult(stream.Lengths.SequenceEqual([1, 10_001]));
        });
    }

    [Fact]
    public async Task FailsAWriteAfterTheOtherEndIsGone()
    {
        var (stream, reader) = await ConnectAsync();
        await using var writing = stream;
        reader.LingerState = new(true, 0);
        reader.Dispose();

        await Eventually.TrueAsync("a write fails", TimeSpan.FromSeconds(5), async () =>
        {
            var failure = await Record.ExceptionAsync(async () => await stream.WriteAsync(new byte[1_000]));
            return failure is IOException;
        });
    }

    /// <summary>Who does not read keeps the writer waiting, and memory small.</summary>
    [Fact]
    public async Task WaitsForAReaderThatDoesNotRead()
    {
        var (stream, reader) = await ConnectAsync();
        await using var writing = stream;
        using var silent = reader;
        using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        var written = 0L;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            while (true)
            {
                await stream.WriteAsync(new byte[10_000], enough.Token);
                written += 10_000;
            }
        });

        Assert.InRange(written, 100_000, 20_000_000);
    }

    /// <summary>Takes note of what its writer sends, and never gets to send what the pool does: by chance it may be quicker.</summary>
    private sealed class SendsOfTheWriter(Socket socket) : CoalescingStream(socket)
    {
        private readonly int writer = Environment.CurrentManagedThreadId;

        public List<int> Lengths { get; } = [];

        protected override ValueTask SendAsync(ReadOnlyMemory<byte> buffer)
        {
            if (Environment.CurrentManagedThreadId != writer)
                return new(new TaskCompletionSource().Task);

            Lengths.Add(buffer.Length);
            return ValueTask.CompletedTask;
        }
    }

    private static async Task<(CoalescingStream Stream, Socket Reader)> ConnectAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return (new CoalescingStream(ConnectedSocket(listener)), await listener.AcceptSocketAsync());
    }

    private static Socket ConnectedSocket(TcpListener listener)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(listener.LocalEndpoint);
        return socket;
    }
}
