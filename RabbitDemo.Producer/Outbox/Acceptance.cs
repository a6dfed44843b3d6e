using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using RabbitDemo.Messaging;

namespace RabbitDemo.Producer.Outbox;

/// <summary>What became of an event that was offered.</summary>
internal enum Acceptance
{
    /// <summary>It is on disk, now or since it was first sent under its key.</summary>
    OnDisk,

    /// <summary>Another event has its key.</summary>
    Conflict,

    /// <summary>The outbox holds as many as it may.</summary>
    Full
}

/// <summary>What is remembered of an event that was sent under a key.</summary>
/// <param name="Fingerprint">Of the event: another one under the same key is refused.</param>
/// <param name="Route">Of exchange, routing key and headers: the same event by another route is another message.</param>
internal sealed record IdempotencyKey(byte[] Fingerprint, byte[] Route)
{
    public static IdempotencyKey Of(Evento evento, Route route)
    {
        var fingerprint = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(fingerprint, EventFingerprint.Of(evento));
        var headers = (route.Headers ?? new Dictionary<string, object?>()).OrderBy(header => header.Key, StringComparer.Ordinal);
        string[] parts = [route.Exchange, route.RoutingKey, .. headers.SelectMany(header => new[] { header.Key, $"{header.Value}" })];

        // Each after its length: a part may hold any character, and what two routes have in common when joined is no likeness.
        var text = string.Concat(parts.Select(part => $"{part.Length}:{part}"));
        return new(fingerprint, SHA256.HashData(Encoding.UTF8.GetBytes(text))[..16]);
    }
}
