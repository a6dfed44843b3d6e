using System.Buffers.Binary;
using System.Text;

namespace RabbitDemo.Tests.Engine;

/// <summary>AMQP 0-9-1 frames, byte by byte, as a broker writes them.</summary>
internal static class WireFrames
{
    public static byte[] Frame(byte type, ushort channel, byte[] payload)
    {
        var head = new byte[7];
        head[0] = type;
        BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(1), channel);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(3), payload.Length);
        return [.. head, .. payload, 0xCE];
    }

    public static byte[] Deliver(ushort channel, ulong tag, string exchange = "pagos", string routingKey = "alta", bool redelivered = false) =>
        Frame(1, channel, [0, 60, 0, 60, .. ShortString("consumer"), .. Number(tag), redelivered ? (byte)1 : (byte)0, .. ShortString(exchange), .. ShortString(routingKey)]);

    /// <summary>With a message id, and nothing else.</summary>
    public static byte[] Header(ushort channel, ulong bodySize, string messageId) =>
        Frame(2, channel, [0, 60, 0, 0, .. Number(bodySize), 0, 0x80, .. ShortString(messageId)]);

    public static byte[] Body(ushort channel, byte[] part) => Frame(3, channel, part);

    /// <summary>A whole delivery, its body in frames of at most <paramref name="most"/>.</summary>
    public static byte[] Delivery(ushort channel, ulong tag, byte[] body, int most = 100_000) =>
    [
        .. Deliver(channel, tag), .. Header(channel, (ulong)body.Length, $"m{tag}"),
        .. body.Chunk(most).SelectMany(part => Body(channel, part))
    ];

    public static byte[] Method(ushort channel, ushort classId, ushort methodId, params byte[] arguments) =>
        Frame(1, channel, [(byte)(classId >> 8), (byte)classId, (byte)(methodId >> 8), (byte)methodId, .. arguments]);

    private static byte[] ShortString(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        return [(byte)utf8.Length, .. utf8];
    }

    private static byte[] Number(ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes;
    }
}
