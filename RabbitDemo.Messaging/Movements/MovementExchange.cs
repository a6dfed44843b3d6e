using RabbitMQ.Client;

namespace RabbitDemo.Messaging;

/// <summary>
/// The exchange that batches go through. It is no part of the topology: whoever tells or reads declares it, and without a reader a
/// batch goes nowhere.
/// </summary>
internal static class MovementExchange
{
    public const string Name = "lab.movements";

    public static Task DeclareAsync(IChannel channel, CancellationToken cancellationToken) =>
        channel.ExchangeDeclareAsync(Name, RabbitMQ.Client.ExchangeType.Fanout, durable: false, autoDelete: false, cancellationToken: cancellationToken);
}
