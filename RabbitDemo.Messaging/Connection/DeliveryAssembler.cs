using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using RabbitMQ.Client;

namespace RabbitDemo.Messaging;

/// <summary>
/// Puts one channel's deliveries together: a <c>basic.deliver</c>, the header, and as many frames as its body takes. What the client
/// library would refuse it leaves to the library, which closes the connection over it.
/// </summary>
/// <param name="deliveries">Who takes them.</param>
/// <param name="maxBody">The library's own limit, in bytes.</param>
internal sealed class DeliveryAssembler(IDeliveries deliveries, uint maxBody)
{
    private Envelope envelope;
    private IReadOnlyBasicProperties? properties;
    private readonly ArrayBufferWriter<byte> method = new(256);
    private byte[]? body;
    private long missing;
    private Expecting expecting;

    private enum Expecting
    {
        Method,
        Header,
        Body
    }

    public IDeliveries Deliveries => deliveries;

    /// <returns>Whether the frame is one of a delivery, which is delivered with the last of them.</returns>
    /// <param name="frame">The channel's next.</param>
    /// <param name="withheld">What the library must get before <paramref name="frame"/>, when that is not one of a delivery.</param>
    public bool Take(in AmqpFrame frame, out ReadOnlyMemory<byte> withheld)
    {
        withheld = default;
        switch (expecting)
        {
            case Expecting.Method when frame.IsDelivery && TryReadMethod(frame.Payload.Span[4..]):
                method.ResetWrittenCount();
                method.Write(frame.Whole.Span);
                expecting = Expecting.Header;
                return true;

            case Expecting.Header when frame.Type == AmqpFrame.Header && TryReadHeader(frame.Payload.Span):
                body = null;
                if (missing == 0)
                {
                    Deliver(default);
                }

                return true;

            case Expecting.Header:
                expecting = Expecting.Method;
                withheld = method.WrittenMemory;
                return false;

            case Expecting.Body when frame.Type == AmqpFrame.Body && frame.Payload.Length <= missing:
                TakeBody(frame.Payload);
                return true;

            case Expecting.Body:
                throw new IOException($"The broker sent a frame of type {frame.Type} in the body of a delivery");

            default:
                return false;
        }
    }

    private void TakeBody(ReadOnlyMemory<byte> part)
    {
        if (body is null && part.Length == missing)
        {
            Deliver(part);
            return;
        }

        body ??= new byte[missing];
        part.CopyTo(body.AsMemory((int)(body.Length - missing)));
        missing -= part.Length;
        if (missing == 0)
        {
            Deliver(body);
        }
    }

    private void Deliver(ReadOnlyMemory<byte> whole)
    {
        expecting = Expecting.Method;
        deliveries.Deliver(envelope, properties ?? throw new InvalidOperationException("There was no header."), whole);
    }

    private bool TryReadMethod(ReadOnlySpan<byte> arguments)
    {
        try
        {
            var at = 1 + arguments[0]; // the consumer's tag: all of the channel's deliveries are one taker's
            var tag = BinaryPrimitives.ReadUInt64BigEndian(arguments[at..]);
            var redelivered = (arguments[at + 8] & 1) != 0;
            var exchange = arguments.Slice(at + 10, arguments[at + 9]);
            at += 10 + exchange.Length;
            envelope = new(tag, redelivered, Text(exchange, envelope.Exchange), Text(arguments.Slice(at + 1, arguments[at]), envelope.RoutingKey));
            return true;
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            return false;
        }
    }

    private bool TryReadHeader(ReadOnlySpan<byte> payload)
    {
        const int flags = 12; // behind the class, two octets of nothing and the body's size
        if (payload.Length < flags + 2)
        {
            return false;
        }

        var size = BinaryPrimitives.ReadUInt64BigEndian(payload[4..]);
        if (size > maxBody)
        {
            return false;
        }

        try
        {
            properties = new ReadOnlyBasicProperties(payload[flags..]);
        }
        catch (Exception)
        {
            return false;
        }

        missing = (long)size;
        expecting = Expecting.Body;
        return true;
    }

    /// <summary>Most deliveries have the exchange and the key of the one before.</summary>
    private static string Text(ReadOnlySpan<byte> utf8, string? before) =>
        before is not null && Ascii.Equals(utf8, before) ? before : Encoding.UTF8.GetString(utf8);
}
