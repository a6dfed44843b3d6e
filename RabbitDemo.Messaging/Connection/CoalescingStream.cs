using System.Buffers;
using System.Diagnostics;
using System.Net.Sockets;

namespace RabbitDemo.Messaging;

/// <summary>
/// A socket's stream that sends, with one system call, whatever was written while the last one was under way. The client library
/// flushes after every AMQP command: a few dozen bytes for each acknowledgement, a packet for each publish.
/// </summary>
/// <remarks>A write returns when its bytes are copied; the failure of a send comes with a later write, and with the next read.</remarks>
internal class CoalescingStream(Socket socket) : NetworkStream(socket, ownsSocket: true), IThreadPoolWorkItem
{
    /// <summary>Who writes more than this ahead of the socket waits.</summary>
    private const int MostAhead = 256 * 1024;

    /// <summary>
    /// Who has more than this wait for a thread of the pool sends it himself: the broker shall have work while those behind are still
    /// writing. It is some 16 events of 256 bytes.
    /// </summary>
    private const int EnoughToSend = 8 * 1024;

    /// <summary>Who writes after so long a silence sends at once: there is nothing to wait for, and a change of threads is spared.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(0.5);

    private ArrayBufferWriter<byte> filling = new(64 * 1024);
    private ArrayBufferWriter<byte> sending = new(64 * 1024);
    private TaskCompletionSource? room;
    private Exception? failure;
    private bool isSending; // or about to
    private bool isQueued; // the pool is about to
    private long sentAt;

    /// <summary>Held while something is written ahead.</summary>
    protected Lock Gate { get; } = new();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var written = Append(buffer.Span, atOnce: false, out var sends, cancellationToken);
        if (sends == Sends.Here)
        {
            _ = SendAsync();
        }
        else if (sends == Sends.OnThePool)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        return written;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Write(ReadOnlySpan<byte> buffer) => Write(buffer.ToArray(), 0, buffer.Length);

    /// <summary>Writes, and sends at once, unless somebody sends already, who then takes it along.</summary>
    protected ValueTask WriteHereAsync(ReadOnlySpan<byte> buffer, CancellationToken cancellationToken)
    {
        var written = Append(buffer, atOnce: true, out var sends, cancellationToken);
        if (sends == Sends.Here)
        {
            _ = SendAsync();
        }

        return written;
    }

    /// <summary>Called under <see cref="Gate"/> when something was written; may add to it.</summary>
    protected virtual void Written(ReadOnlySpan<byte> buffer, IBufferWriter<byte> ahead)
    {
    }

    protected virtual ValueTask SendAsync(ReadOnlyMemory<byte> buffer) => base.WriteAsync(buffer);

    private ValueTask Append(ReadOnlySpan<byte> buffer, bool atOnce, out Sends sends, CancellationToken cancellationToken)
    {
        lock (Gate)
        {
            if (failure is not null)
            {
                throw new IOException(failure.Message, failure);
            }

            filling.Write(buffer);
            Written(buffer, filling);
            sends = Sending(atOnce);
            if (filling.WrittenCount < MostAhead)
            {
                return ValueTask.CompletedTask;
            }

            room ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return new(room.Task.WaitAsync(cancellationToken));
        }
    }

    /// <summary>Called under <see cref="Gate"/>: who sends what was just written.</summary>
    private Sends Sending(bool atOnce)
    {
        var isEnough = filling.WrittenCount > EnoughToSend;
        if (isSending && !(isQueued && (isEnough || atOnce)))
        {
            return Sends.Elsewhere;
        }

        isQueued = !atOnce && !isEnough && Stopwatch.GetElapsedTime(sentAt) <= Rest;
        isSending = true;
        return isQueued ? Sends.OnThePool : Sends.Here;
    }

    void IThreadPoolWorkItem.Execute()
    {
        lock (Gate)
        {
            if (!isQueued)
            {
                return; // somebody did not wait for it
            }

            isQueued = false;
        }

        _ = SendAsync();
    }

    private async Task SendAsync()
    {
        try
        {
            while (TakeWritten() is { Length: > 0 } written)
            {
                await SendAsync(written);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            lock (Gate)
            {
                failure = e;
                room?.TrySetException(new IOException(e.Message, e));
                room = null;
            }
        }
    }

    private ReadOnlyMemory<byte> TakeWritten()
    {
        lock (Gate)
        {
            (filling, sending) = (sending, filling);
            filling.ResetWrittenCount();
            room?.TrySetResult();
            room = null;
            isSending = sending.WrittenCount > 0;
            sentAt = Stopwatch.GetTimestamp();
            return sending.WrittenMemory;
        }
    }

    private enum Sends
    {
        Elsewhere,
        Here,
        OnThePool
    }
}
