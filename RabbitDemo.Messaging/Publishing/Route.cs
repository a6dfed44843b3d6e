namespace RabbitDemo.Messaging;

/// <summary>Where a message is published to.</summary>
/// <param name="Exchange">An exchange's name; empty for the default exchange.</param>
/// <param name="RoutingKey">At most 255 bytes of UTF-8; with the default exchange, the queue's name.</param>
/// <param name="Headers">The sender's own message headers, besides those that the publisher adds; null for none.</param>
public sealed record Route(string Exchange, string RoutingKey, IReadOnlyDictionary<string, object?>? Headers = null);
