using RabbitMQ.Client;

namespace RabbitDemo.Messaging;

/// <summary>A message ready to be sent, possibly several times: after an unknown outcome it goes out again as it is.</summary>
/// <param name="Exchange">Empty for the default exchange.</param>
/// <param name="RoutingKey">With the default exchange, the queue's name.</param>
/// <param name="Properties">Of this message alone; its headers are never null.</param>
/// <param name="Body">Not changed or reused before the publish has ended.</param>
internal sealed record OutgoingMessage(string Exchange, string RoutingKey, BasicProperties Properties, ReadOnlyMemory<byte> Body);
