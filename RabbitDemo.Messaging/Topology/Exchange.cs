namespace RabbitDemo.Messaging;

public enum ExchangeType
{
    Direct,
    Fanout,
    Topic,
    Headers
}

/// <param name="Name">1 to 255 bytes of UTF-8; not beginning with <c>amq.</c>.</param>
/// <param name="Type">How it routes.</param>
/// <param name="AlternateExchange">Where a message goes that no binding takes; null for nowhere.</param>
public sealed record Exchange(string Name, ExchangeType Type, string? AlternateExchange = null);
