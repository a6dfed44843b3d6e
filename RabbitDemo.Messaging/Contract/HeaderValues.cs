using System.Text;

namespace RabbitDemo.Messaging;

/// <summary>Reads single values out of a delivered message's headers.</summary>
internal static class HeaderValues
{
    /// <summary>A header as text: the client hands strings over as bytes.</summary>
    public static string? Text(IDictionary<string, object?>? headers, string name) =>
        headers is null || !headers.TryGetValue(name, out var value) ? null : value switch
        {
            byte[] bytes => Encoding.UTF8.GetString(bytes),
            string text => text,
            _ => null
        };

    /// <summary>A header as a whole number; null when it is none.</summary>
    public static long? Number(IDictionary<string, object?>? headers, string name)
    {
        object? value = null;
        headers?.TryGetValue(name, out value);
        return value switch
        {
            int number => number,
            long number => number,
            _ => null
        };
    }

    /// <summary>A header as a time, in milliseconds since 1970; null when it is none.</summary>
    public static DateTimeOffset? Time(IDictionary<string, object?>? headers, string name) =>
        Number(headers, name) is >= 0 and < 253_402_300_800_000 and { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;
}
