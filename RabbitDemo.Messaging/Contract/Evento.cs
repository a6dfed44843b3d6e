using System.Text.Json;

namespace RabbitDemo.Messaging;

/// <summary>An event: the JSON object <c>{"id": 1, "tipo": "registro", "payload": {…}}</c> that travels as a message body.</summary>
/// <param name="Id">The sender's own number; it does not identify the message (<c>message_id</c> does).</param>
/// <param name="Tipo">The kind of event: 1 to 255 bytes of UTF-8, without control characters.</param>
/// <param name="Payload">Any JSON object, kept as it was sent.</param>
public sealed record Evento(long Id, string Tipo, JsonElement Payload);
