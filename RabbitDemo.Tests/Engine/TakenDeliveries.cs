using RabbitDemo.Messaging;
using RabbitMQ.Client;

namespace RabbitDemo.Tests.Engine;

/// <summary>Keeps what is delivered, and after how many deliveries a read ended.</summary>
internal sealed class TakenDeliveries(Action<Envelope>? onDelivery = null) : IDeliveries
{
    public List<(Envelope Envelope, string? MessageId, byte[] Body)> All { get; } = [];

    public List<int> ReadsEndedAt { get; } = [];

    public void Deliver(in Envelope envelope, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body)
    {
        lock (All)
            All.Add((envelope, properties.MessageId, body.ToArray()));

        onDelivery?.Invoke(envelope);
    }

    public void EndRead()
    {
        lock (All)
            ReadsEndedAt.Add(All.Count);
    }

    public int Count
    {
        get
        {
            lock (All)
                return All.Count;
        }
    }
}
