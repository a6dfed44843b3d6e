using System.Buffers;
using System.Net.Sockets;

namespace RabbitDemo.Messaging;

/// <summary>
/// The stream of a connection that consumes. A thread of its own waits in the system's <c>recv</c>, takes the deliveries of channels
/// that were registered, and leaves everything else to the client library; an acknowledgement goes to the socket without the library.
/// Between a packet and its handler there is then no change of threads: see <c>docs/decisions/011-a-thread-that-reads.md</c>.
/// </summary>
/// <remarks>Nothing may be done with the socket asynchronously: the runtime would be woken by whatever it receives from then on.</remarks>
/// <param name="socket">Connected, and still untouched.</param>
/// <param name="silence">
/// While there are deliveries the broker sends no heartbeat: after so long without any other frame the library gets one.
/// </param>
internal sealed class ConsumingStream(Socket socket, TimeSpan silence) : CoalescingStream(socket)
{
    /// <summary>Well below every interval that the library and the broker can agree on.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(0.5);

    private readonly InboundFrames inbound = new();
    private readonly FrameDistributor distributor = new(silence);
    private readonly FrameBoundary boundary = new();
    private readonly ArrayBufferWriter<byte> ownFrames = new(256);
    private int hasThread;
    private volatile IOException? failure;

    /// <summary>From now on the channel's deliveries are theirs, and not the library's, until the connection ends.</summary>
    public void Register(ushort channel, DeliveryAssembler deliveries) => distributor.Register(channel, deliveries);

    /// <summary>Sends a whole frame, never within one of the library's.</summary>
    public ValueTask WriteFrameAsync(ReadOnlySpan<byte> frame, CancellationToken cancellationToken)
    {
        lock (Gate)
        {
            ownFrames.Write(frame);
        }

        return WriteHereAsync([], cancellationToken);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref hasThread, 1) == 0)
        {
            new Thread(Run) { IsBackground = true, Name = "AMQP deliveries" }.UnsafeStart(); // handlers begin there: nobody's context
        }

        var read = await distributor.ForLibrary.ReadAsync(cancellationToken);
        var count = (int)Math.Min(buffer.Length, read.Buffer.Length);
        var part = read.Buffer.Slice(0, count);
        part.CopyTo(buffer.Span);
        distributor.ForLibrary.AdvanceTo(part.End); // after which nothing may be asked of it
        return count == 0 && failure is not null ? throw failure : count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    protected override void Written(ReadOnlySpan<byte> buffer, IBufferWriter<byte> ahead)
    {
        boundary.Advance(buffer);
        if (boundary.IsHere && ownFrames.WrittenCount > 0)
        {
            ahead.Write(ownFrames.WrittenSpan);
            ownFrames.ResetWrittenCount();
        }
    }

    protected override ValueTask SendAsync(ReadOnlyMemory<byte> buffer)
    {
        try
        {
            while (buffer.Length > 0)
            {
                buffer = buffer[Socket.Send(buffer.Span)..];
            }

            return ValueTask.CompletedTask;
        }
        catch (SocketException)
        {
            Abort(); // also after the limit that the library has set: a part may be sent, and the reader would go on
            throw;
        }
    }

    private void Run()
    {
        try
        {
            while (Receive() is > 0 and var count)
            {
                inbound.Written(count);
                distributor.Distribute(inbound);
            }
        }
        catch (Exception e)
        {
            failure = e as IOException ?? new IOException(e.Message, e);
        }

        distributor.Complete(); // without it: the library first reads what came before, the broker's reasons perhaps
    }

    private void Abort()
    {
        try
        {
            Socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is gone already.
        }
    }

    private int Receive()
    {
        while (true)
        {
            try
            {
                return Socket.Receive(inbound.Room.Span);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
            {
                // The library has set a limit, and watches the heartbeats itself.
            }
        }
    }
}
