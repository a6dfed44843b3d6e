using System.Buffers.Binary;

namespace RabbitDemo.Messaging;

/// <summary>One frame of AMQP 0-9-1 (specification, 2.3.5): type, channel, size, payload, and an octet that ends it.</summary>
/// <param name="Type">What the payload is.</param>
/// <param name="Channel">0 for those of the connection.</param>
/// <param name="Whole">From the type to the octet that ends it.</param>
internal readonly record struct AmqpFrame(byte Type, ushort Channel, ReadOnlyMemory<byte> Whole)
{
    public const byte Method = 1;
    public const byte Header = 2;
    public const byte Body = 3;
    public const byte Heartbeat = 8;

    /// <summary>Octets before the payload.</summary>
    public const int Head = 7;

    /// <summary>Octets besides the payload.</summary>
    public const int Overhead = Head + 1;

    public const byte End = 0xCE;

    private const uint BasicDeliver = (60 << 16) + 60;
    private const uint BasicAck = (60 << 16) + 80;

    public ReadOnlyMemory<byte> Payload => Whole[Head..^1];

    public bool IsDelivery => Type == Method && Whole.Length >= Overhead + 4 && BinaryPrimitives.ReadUInt32BigEndian(Whole.Span[Head..]) == BasicDeliver;

    /// <returns>The size of its payload, of a frame that begins with <paramref name="head"/>.</returns>
    public static uint SizeOf(ReadOnlySpan<byte> head) => BinaryPrimitives.ReadUInt32BigEndian(head[3..]);

    /// <summary>A frame without which the client library would believe that the broker is silent.</summary>
    public static ReadOnlySpan<byte> OfHeartbeat => [Heartbeat, 0, 0, 0, 0, 0, 0, End];

    /// <returns>The frame of a <c>basic.ack</c>.</returns>
    public static byte[] OfAck(ushort channel, ulong deliveryTag, bool multiple)
    {
        const int size = 13;
        var frame = new byte[size + Overhead];
        frame[0] = Method;
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(1), channel);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(3), size);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(Head), BasicAck);
        BinaryPrimitives.WriteUInt64BigEndian(frame.AsSpan(Head + 4), deliveryTag);
        frame[Head + 12] = multiple ? (byte)1 : (byte)0;
        frame[^1] = End;
        return frame;
    }
}
