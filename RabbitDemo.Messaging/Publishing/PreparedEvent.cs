using System.Buffers;
using System.Diagnostics;

namespace RabbitDemo.Messaging;

/// <summary>An event in its wire form, to be published later and perhaps by another process: all of it can be written down.</summary>
/// <param name="MessageId">Its identity.</param>
/// <param name="Exchange">Empty for the default exchange.</param>
/// <param name="RoutingKey">With the default exchange, the queue's name.</param>
/// <param name="Headers">The sender's own, and the trace that the event belongs to.</param>
/// <param name="Tipo">The event's kind.</param>
/// <param name="Body">Its canonical JSON.</param>
/// <param name="AcceptedAt">When the sender was promised it: the message's timestamp, whenever it is published.</param>
public sealed record PreparedEvent(
    string MessageId,
    string Exchange,
    string RoutingKey,
    IReadOnlyDictionary<string, string> Headers,
    string Tipo,
    ReadOnlyMemory<byte> Body,
    DateTimeOffset AcceptedAt)
{
    /// <summary>Prepares an event in the trace that is current now. The values of the route's headers must be text.</summary>
    public static PreparedEvent Of(Evento evento, string messageId, Route route, DateTimeOffset acceptedAt)
    {
        var body = new ArrayBufferWriter<byte>(256);
        EventoJson.Write(evento, body);
        var headers = EventPublisher.WireHeaders(route.Headers);
        TraceHeaders.Inject(Activity.Current, headers);
        return new(
            messageId, route.Exchange, route.RoutingKey,
            headers.ToDictionary(header => header.Key, header => (string)(header.Value ?? "")),
            evento.Tipo, body.WrittenMemory, acceptedAt);
    }

    /// <summary>A new one for each publish: the engine writes into its headers.</summary>
    internal OutgoingMessage ToMessage() => new(
        Exchange, RoutingKey,
        EventPublisher.Properties(MessageId, Tipo, AcceptedAt, Headers.ToDictionary(header => header.Key, header => (object?)header.Value)),
        Body);
}
