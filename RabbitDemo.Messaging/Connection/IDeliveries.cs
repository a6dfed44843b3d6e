using RabbitMQ.Client;

namespace RabbitDemo.Messaging;

/// <summary>Takes what a channel delivers, on the thread that has read it. What it throws ends the connection.</summary>
internal interface IDeliveries
{
    /// <param name="envelope">The delivery's, but for its properties and body.</param>
    /// <param name="properties">Decoded into memory of their own.</param>
    /// <param name="body">Valid until this returns.</param>
    void Deliver(in Envelope envelope, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body);

    /// <summary>Nothing more was read with what was delivered since this was last called, perhaps nothing.</summary>
    void EndRead();
}

/// <summary>The arguments of a <c>basic.deliver</c>.</summary>
internal readonly record struct Envelope(ulong DeliveryTag, bool Redelivered, string Exchange, string RoutingKey);
