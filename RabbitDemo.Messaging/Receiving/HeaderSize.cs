using System.Collections;
using System.Text;
using RabbitMQ.Client;

namespace RabbitDemo.Messaging;

/// <summary>
/// About how many bytes a header takes in an AMQP field table; never fewer than it does. One that the client library could not write
/// again has more than any table.
/// </summary>
internal static class HeaderSize
{
    private const int Overhead = 8;

    /// <summary>So large that no sum of the others comes near it, and so small that a sum of it does not overflow.</summary>
    private const long Unwritable = 1L << 40;

    /// <summary>The library writes what is nested by recursion.</summary>
    private const int MaxDepth = 64;

    public static long Of(string name, object? value) => Of(name, value, depth: 1);

    private static long Of(string name, object? value, int depth) => Utf8Limit.IsWithin(name, Utf8Limit.ShortString)
        ? Overhead + Encoding.UTF8.GetByteCount(name) + Of(value, depth)
        : Unwritable;

    private static long Of(object? value, int depth) => value switch
    {
        byte[] bytes => Overhead + bytes.Length,
        string text => Overhead + Encoding.UTF8.GetByteCount(text),
        BinaryTableValue binary => Overhead + binary.Bytes.Length,
        IDictionary or IList or IDictionary<string, object?> when depth > MaxDepth => Unwritable,
        IDictionary<string, object?> table => Overhead + table.Sum(field => Of(field.Key, field.Value, depth + 1)),
        IDictionary table => Overhead + table.Keys.Cast<object>().Sum(key => Of(key.ToString() ?? "", table[key], depth + 1)),
        IList list => Overhead + list.Cast<object?>().Sum(item => Of(item, depth + 1)),
        null or bool or byte or sbyte or short or ushort or int or uint or long or float or double or decimal or AmqpTimestamp => 2 * Overhead,
        _ => Unwritable
    };
}
