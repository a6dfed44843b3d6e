using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace RabbitDemo.Messaging;

/// <summary>Tells whether two messages carry the same event: half of the SHA-256 of its canonical form.</summary>
public static class EventFingerprint
{
    public static UInt128 Of(Evento evento) => Of(evento, new ArrayBufferWriter<byte>(1_024));

    /// <param name="evento">The event.</param>
    /// <param name="scratch">Written over; for a caller that reads many events.</param>
    public static UInt128 Of(Evento evento, ArrayBufferWriter<byte> scratch)
    {
        scratch.ResetWrittenCount();
        EventoJson.Write(evento, scratch);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(scratch.WrittenSpan, hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}
