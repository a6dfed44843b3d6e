using System.Text;

namespace RabbitDemo.Messaging;

/// <summary>Limits of text in bytes of UTF-8.</summary>
internal static class Utf8Limit
{
    private const int MostBytesOfChar = 3;

    /// <summary>
    /// Of AMQP's short strings: names, keys, header names, most properties. What came as one may be longer than this as text, since
    /// bytes that are no UTF-8 become the replacement character, of three bytes each.
    /// </summary>
    public const int ShortString = 255;

    public static bool IsWithin(string text, int bytes) =>
        text.Length <= bytes / MostBytesOfChar || Encoding.UTF8.GetByteCount(text) <= bytes;

    /// <summary>As much of the beginning as fits, cut between characters.</summary>
    public static string Cut(string text, int bytes)
    {
        if (IsWithin(text, bytes))
        {
            return text;
        }

        Span<byte> room = stackalloc byte[bytes];
        Encoding.UTF8.GetEncoder().Convert(text, room, flush: false, out var chars, out _, out _);
        return text[..chars];
    }
}
