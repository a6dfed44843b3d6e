using System.Text;

namespace RabbitDemo.Consumer.Store;

/// <summary>Values as the database keeps them.</summary>
internal static class StoredText
{
    /// <summary>
    /// Text from outside that PostgreSQL would refuse (NUL) or that is no text at all (half a surrogate pair), with the
    /// replacement character for each such place.
    /// </summary>
    public static string Clean(string text)
    {
        var needed = text.Contains('\0') || text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF');
        return needed ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Replace('\0', '\uFFFD'))) : text;
    }

    /// <summary>Microseconds since 1970, which both databases keep as a number that sorts.</summary>
    public static long Micros(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>0 stands for no time.</summary>
    public static long Micros(DateTimeOffset? time) => time is { } known ? Micros(known) : 0;

    public static DateTimeOffset Time(long micros) => DateTimeOffset.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond);

    public static DateTimeOffset? TimeOrNull(long micros) => micros == 0 ? null : Time(micros);

    public static byte[] Fingerprint(UInt128 fingerprint)
    {
        var bytes = new byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, fingerprint);
        return bytes;
    }
}
