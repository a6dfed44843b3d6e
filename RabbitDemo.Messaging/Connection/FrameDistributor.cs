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
    private long passedAt = Stopwatch.GetTimestamp();

    public PipeReader ForLibrary => forLibrary.Reader;

    public void Register(ushort channel, DeliveryAssembler deliveries) => channels[channel] = deliveries;

    /// <summary>Nothing comes any more.</summary>
    public void Complete() => forLibrary.Writer.Complete();

    /// <summary>Of one read, all that is whole.</summary>
    public void Distribute(InboundFrames inbound)
    {
        var passed = false;
        IDeliveries? taker = null;
        try
        {
            while (!isLost && TryNext(inbound, out var frame))
            {
                ReadOnlyMemory<byte> withheld = default;
                if (channels.TryGetValue(frame.Channel, out var channel))
                {
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

                passed = true;
                forLibrary.Writer.Write(withheld.Span);
                forLibrary.Writer.Write(frame.Whole.Span);
            }
        }
        finally
        {
            taker?.EndRead();
        }

        Pass(inbound, passed);
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

    private void Pass(InboundFrames inbound, bool passed)
    {
        if (isLost)
        {
            passed = true;
            forLibrary.Writer.Write(inbound.TakeRest());
        }
        else if (!passed && Stopwatch.GetElapsedTime(passedAt) > silence)
        {
            passed = true;
            forLibrary.Writer.Write(AmqpFrame.OfHeartbeat);
        }

        if (passed)
        {
            passedAt = Stopwatch.GetTimestamp();
            forLibrary.Writer.FlushAsync().AsTask().GetAwaiter().GetResult(); // it has no limit to wait at
        }
    }
}
