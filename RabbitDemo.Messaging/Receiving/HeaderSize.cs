using System.Collections;
using System.Text;

namespace RabbitDemo.Messaging;

/// <summary>About how many bytes a header takes in an AMQP field table; never fewer than it does.</summary>
internal static class HeaderSize
{
    private const int Overhead = 8;

    public static int Of(string name, object? value) => Overhead + Encoding.UTF8.GetByteCount(name) + Of(value);

    private static int Of(object? value) => value switch
    {
        byte[] bytes => Overhead + bytes.Length,
        string text => Overhead + Encoding.UTF8.GetByteCount(text),
        IDictionary<string, object?> table => Overhead + table.Sum(field => Of(field.Key, field.Value)),
        IDictionary table => Overhead + table.Keys.Cast<object>().Sum(key => Of(key.ToString() ?? "", table[key])),
        IList list => Overhead + list.Cast<object?>().Sum(Of),
        _ => 2 * Overhead
    };
}
