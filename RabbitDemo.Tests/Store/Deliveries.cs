using System.Text;
using System.Text.Json;
using RabbitDemo.Messaging;

namespace RabbitDemo.Tests.Store;

/// <summary>Deliveries and dead letters to write.</summary>
internal static class Deliveries
{
    public static DateTimeOffset Noon { get; } = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    public static Delivery Of(string messageId, string queue = "mensajes", string tipo = "registro", long number = 1) =>
        Of(messageId, queue, new Evento(number, tipo, JsonElement.Parse("""{"usuario": "admin"}""")));

    public static Delivery Of(string messageId, string queue, Evento evento) => new()
    {
        Queue = queue,
        MessageId = messageId,
        Evento = evento,
        Fingerprint = EventFingerprint.Of(evento),
        Exchange = "",
        RoutingKey = queue,
        Redelivered = false,
        IsCrashSuspect = false,
        Redrive = 0,
        PublishedAt = Noon.AddSeconds(-1),
        ReceivedAt = Noon,
        TraceId = "0af7651916cd43dd8448eb211c80319c",
        TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        Consumer = "consumer/1"
    };

    public static Delivery Large(string messageId, int payloadBytes) =>
        Of(messageId, "mensajes", new Evento(1, "registro", JsonElement.Parse($$"""{"a":"{{new string('a', payloadBytes - 8)}}"}""")));

    public static Delivery Again(Delivery delivery, int seconds = 1) =>
        delivery with { Redelivered = true, IsCrashSuspect = true, ReceivedAt = delivery.ReceivedAt.AddSeconds(seconds) };

    public static AttemptFailure Failure(Delivery delivery, string reason = DeathReasons.HandlerFailed) =>
        new(delivery.ReceivedAt, delivery.ReceivedAt.AddMilliseconds(5), reason, "System.InvalidOperationException: no");

    public static DeadLetter Letter(Delivery delivery, string reason = DeathReasons.HandlerFailed, int attempts = 4) => new()
    {
        Queue = delivery.Queue,
        MessageId = delivery.MessageId,
        Reason = reason,
        Error = "System.InvalidOperationException: no",
        PublishedAt = delivery.PublishedAt,
        DiedAt = delivery.ReceivedAt.AddMinutes(1),
        Attempts = attempts,
        Redrive = delivery.Redrive,
        Exchange = delivery.Exchange,
        RoutingKey = delivery.RoutingKey,
        Body = Encoding.UTF8.GetBytes($$$"""{"id":{{{delivery.Evento.Id}}},"tipo":"{{{delivery.Evento.Tipo}}}","payload":{"usuario":"admin"}}"""),
        ContentType = "application/json",
        TraceParent = delivery.TraceParent,
        Headers = new Dictionary<string, object?> { ["region"] = "EU", ["peso"] = 1.5, ["n"] = 7, ["crudo"] = new byte[] { 1, 2 } }
    };
}
