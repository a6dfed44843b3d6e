namespace RabbitDemo.Messaging;

/// <summary>Takes frames apart from what a socket brings. Not thread-safe.</summary>
internal sealed class InboundFrames
{
    /// <summary>Who announces more is no broker; the client library refuses less than that by default.</summary>
    private const int LargestPayload = 128 * 1024 * 1024;

    /// <summary>The largest frame that RabbitMQ sends by default is half of that; a larger one has the buffer grow.</summary>
    private byte[] buffer = new byte[256 * 1024];
    private int start;
    private int end;

    /// <summary>Where the socket writes next; never empty. What <see cref="TryNext"/> has given is not valid after this.</summary>
    public Memory<byte> Room
    {
        get
        {
            if (start == end)
            {
                start = end = 0;
            }
            else if (end > buffer.Length / 2)
            {
                var wanted = end - start < AmqpFrame.Head ? 0 : AmqpFrame.SizeOf(buffer.AsSpan(start)) + AmqpFrame.Overhead;
                var larger = wanted > buffer.Length ? new byte[(int)wanted] : buffer;
                buffer.AsSpan(start, end - start).CopyTo(larger);
                (buffer, start, end) = (larger, 0, end - start);
            }

            return buffer.AsMemory(end);
        }
    }

    public void Written(int count) => end += count;

    /// <returns>What is there and no frame was made of.</returns>
    public ReadOnlySpan<byte> TakeRest()
    {
        var rest = buffer.AsSpan(start, end - start);
        start = end;
        return rest;
    }

    /// <returns>Whether there was a whole frame.</returns>
    /// <param name="frame">Valid until <see cref="Room"/> is asked for.</param>
    /// <exception cref="InvalidDataException">What is there is no frame; <see cref="TakeRest"/> gives it.</exception>
    public bool TryNext(out AmqpFrame frame)
    {
        frame = default;
        if (end - start < AmqpFrame.Head)
        {
            return false;
        }

        var type = buffer[start];
        var size = AmqpFrame.SizeOf(buffer.AsSpan(start));
        if (type is not (AmqpFrame.Method or AmqpFrame.Header or AmqpFrame.Body or AmqpFrame.Heartbeat) || size > LargestPayload)
        {
            throw new InvalidDataException($"a frame of type {type} and size {size}");
        }

        var length = (int)size + AmqpFrame.Overhead;
        if (end - start < length)
        {
            return false;
        }

        if (buffer[start + length - 1] != AmqpFrame.End)
        {
            throw new InvalidDataException("a frame that does not end where it says");
        }

        var channel = (ushort)((buffer[start + 1] << 8) | buffer[start + 2]);
        frame = new(type, channel, buffer.AsMemory(start, length));
        start += length;
        return true;
    }
}
