using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO.Pipelines;

namespace RabbitDemo.Messaging;

/// <summary>Tells the deliveries of registered channels from the frames that the client library gets. One thread distributes, another reads.</summary>
/// <param name="silence">How long deliveries may come without any other frame before the library gets a heartbeat.</param>
internal sealed class FrameDistributor(TimeSpan silence)
{
    private readonly ConcurrentDictionary<ushort, DeliveryAssembler> channels = new();
    private readonly Pipe forLibrary = new(new(pauseWriterThreshold: 0, resumeWriterThreshold: 0, useSynchronizationContext: false));
    private bool isLost;
    private bool isUntold;
    private long passedAt = Stopwatch.GetTimestamp();

    public PipeReader ForLibrary => forLibrary.Reader;

    public void Register(ushort channel, DeliveryAssembler deliveries) => channels[channel] = deliveries;

    /// <summary>Nothing comes any more.</summary>
    public void Complete() => forLibrary.Writer.Complete();

    /// <summary>Of one read, all that is whole.</summary>
    public void Distribute(InboundFrames inbound)
    {
        IDeliveries? taker = null;
        try
        {
            while (!isLost && TryNext(inbound, out var frame))
            {
                ReadOnlyMemory<byte> withheld = default;
                if (channels.TryGetValue(frame.Channel, out var channel))
                {
                    Tell(); // a handler may keep this thread: what came before it, its consumer's beginning perhaps, does not wait for that
                    if (taker != channel.Deliveries)
                    {
                        taker?.EndRead();
                        taker = channel.Deliveries;
                    }

                    if (channel.Take(frame, out withheld))
                    {
                        continue;
                    }
                }

                Pass(withheld.Span);
                Pass(frame.Whole.Span);
            }
        }
        finally
        {
            taker?.EndRead();
        }

        if (isLost)
        {
            Pass(inbound.TakeRest());
        }
        else if (!isUntold && Stopwatch.GetElapsedTime(passedAt) > silence)
        {
            Pass(AmqpFrame.OfHeartbeat);
        }

        Tell();
    }

    private bool TryNext(InboundFrames inbound, out AmqpFrame frame)
    {
        try
        {
            return inbound.TryNext(out frame);
        }
        catch (InvalidDataException)
        {
            // The library says what is wrong with it.
            isLost = true;
            frame = default;
            return false;
        }
    }

    private void Pass(ReadOnlySpan<byte> bytes)
    {
        forLibrary.Writer.Write(bytes);
        isUntold = true;
    }

    /// <summary>Has the library read what was passed.</summary>
    private void Tell()
    {
        if (isUntold)
        {
            isUntold = false;
            passedAt = Stopwatch.GetTimestamp();
            forLibrary.Writer.FlushAsync().AsTask().GetAwaiter().GetResult(); // it has no limit to wait at
        }
    }
}
