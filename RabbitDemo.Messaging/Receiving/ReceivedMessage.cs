using RabbitMQ.Client;

namespace RabbitDemo.Messaging;

/// <summary>A delivery as it came off the wire: an event, or the reason why it is none.</summary>
internal sealed record ReceivedMessage
{
    public required ulong DeliveryTag { get; init; }

    public required bool Redelivered { get; init; }

    /// <summary>As they came; the client has decoded them into memory of their own.</summary>
    public required IReadOnlyBasicProperties Properties { get; init; }

    public required string MessageId { get; init; }

    /// <summary>False when <see cref="MessageId"/> was made up here, so that a redelivery would get another.</summary>
    public required bool HadMessageId { get; init; }

    /// <summary>The event; null when it is none.</summary>
    public required Delivery? Delivery { get; init; }

    /// <summary>Exchange and key that it was first published with.</summary>
    public required Origin Origin { get; init; }

    /// <summary>A <see cref="DeathReasons"/> value when it cannot be handled at all.</summary>
    public required string? Unreadable { get; init; }

    public required string? Error { get; init; }

    /// <summary>A copy of the body, of a message that cannot be handled.</summary>
    public required byte[] Body { get; init; }
}

internal sealed record Origin(string Exchange, string RoutingKey, int Redrive);
