using System.Text;

namespace RabbitDemo.Messaging;

/// <summary>What AMQP and RabbitMQ ask of names, keys and header conditions. Each rule is a sentence, or null when it is kept.</summary>
internal static class TopologyRules
{
    /// <summary>AMQP's short strings: names, keys, header names.</summary>
    public const int MaxNameBytes = Utf8Limit.ShortString;

    /// <summary>Leaves room for what <see cref="WorkQueue"/> adds to it.</summary>
    public const int MaxQueueBytes = 200;

    private const int MaxServiceBytes = 100;
    private const int MaxValueBytes = 1024;
    private const int MaxAnyWords = 2;
    private const string Reserved = "amq.";

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string? Exchange(string? name) => Named(name, MaxNameBytes);

    public static string? Queue(string? name) => Named(name, MaxQueueBytes);

    public static string? Service(string? name) => Text(name, 1, MaxServiceBytes);

    public static string? HeaderName(string name) => Text(name, 1, MaxNameBytes);

    public static string? HeaderValue(string value) => Text(value, 0, MaxValueBytes);

    public static string? RoutingKey(ExchangeType type, string key)
    {
        if (type == ExchangeType.Headers && key.Length > 0)
            return "a headers exchange looks at headers only; leave the routing key out.";

        if (type == ExchangeType.Topic && TopicPattern.Words(key).Count(w => w == TopicPattern.AnyWords) > MaxAnyWords)
            return "RabbitMQ takes at most two # in a pattern from 4.3.5 on.";

        return Text(key, 0, MaxNameBytes);
    }

    private static string? Named(string? name, int maxBytes)
    {
        if (name is not null && name.StartsWith(Reserved, StringComparison.Ordinal))
            return "names that begin with amq. belong to the broker.";

        return Text(name, 1, maxBytes);
    }

    private static string? Text(string? text, int minBytes, int maxBytes)
    {
        if (Bytes(text ?? "") is not { } bytes)
            return "it must be valid Unicode text.";

        if (bytes < minBytes || bytes > maxBytes)
            return $"it must be {minBytes} to {maxBytes} bytes of UTF-8; it is {bytes}.";

        return text is not null && text.Any(char.IsControl) ? "it must not hold control characters." : null;
    }

    private static int? Bytes(string text)
    {
        try
        {
            return Strict.GetByteCount(text);
        }
        catch (EncoderFallbackException)
        {
            return null; // half of a surrogate pair
        }
    }
}
