using System.Buffers;
using RabbitMQ.Client;

namespace RabbitDemo.Messaging;

/// <summary>Publishes events in their wire form. Thread-safe; one for the process.</summary>
public sealed class EventPublisher(MessagePublisher publisher, TimeProvider clock, MovementLog? movements = null)
{
    private static readonly string AppId = AppDomain.CurrentDomain.FriendlyName;

    /// <summary>As in <see cref="PublishLane.Any"/>.</summary>
    public Task<PublishOutcome> PublishAsync(Evento evento, string messageId, Route route, CancellationToken cancellationToken) =>
        PublishAsync(evento, messageId, route, PublishLane.Any, cancellationToken);

    /// <summary>Publishes persistent and mandatory, and waits for the broker's verdict, at most until the deadline.</summary>
    /// <param name="evento">The event.</param>
    /// <param name="messageId">Its identity: an event sent again under the same id is stored once by each queue's consumer.</param>
    /// <param name="route">To where.</param>
    /// <param name="lane">
    /// On which channel. An ordered event that waits for room in the window, or is tried again after a lost connection, may be overtaken,
    /// and so may the last ones on a channel that is replaced because the broker refuses messages on it.
    /// </param>
    /// <param name="cancellationToken">Gives up waiting for a turn; a publish that was sent is waited for all the same.</param>
    /// <returns>Confirmed, Returned (no queue bound), Refused, or Unknown: then the message may or may not be stored.</returns>
    public Task<PublishOutcome> PublishAsync(Evento evento, string messageId, Route route, PublishLane lane, CancellationToken cancellationToken)
    {
        var body = new ArrayBufferWriter<byte>(256);
        EventoJson.Write(evento, body);
        var properties = Properties(messageId, evento.Tipo, clock.GetUtcNow(), WireHeaders(route.Headers));
        var message = new OutgoingMessage(route.Exchange, route.RoutingKey, properties, body.WrittenMemory);
        var publishing = publisher.PublishAsync(message, lane, cancellationToken);
        return movements is null ? publishing : TellAsync(publishing, message, movements);
    }

    private static async Task<PublishOutcome> TellAsync(Task<PublishOutcome> publishing, OutgoingMessage message, MovementLog movements)
    {
        var outcome = await publishing;
        movements.Published(message, outcome);
        return outcome;
    }

    internal static BasicProperties Properties(string messageId, string tipo, DateTimeOffset at, Dictionary<string, object?> headers) => new()
    {
        ContentType = "application/json",
        DeliveryMode = DeliveryModes.Persistent,
        MessageId = messageId,
        Type = tipo,
        Timestamp = new(at.ToUnixTimeSeconds()),
        AppId = AppId,
        Headers = headers
    };

    internal static Dictionary<string, object?> WireHeaders(IReadOnlyDictionary<string, object?>? headers)
    {
        var wire = new Dictionary<string, object?>((headers?.Count ?? 0) + 3);
        foreach (var (name, value) in headers ?? new Dictionary<string, object?>())
        {
            wire[name] = value;
        }

        return wire;
    }
}
