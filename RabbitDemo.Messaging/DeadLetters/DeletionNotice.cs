using RabbitMQ.Client;

namespace RabbitDemo.Messaging;

/// <summary>
/// A message in a dead-letter queue that is no dead letter: the work queue was found deleted and was declared again, by a process that
/// does not read it.
/// </summary>
/// <param name="DeletedAt">When it was found missing.</param>
/// <param name="DeclaredAt">When it was there again: what was published before that and routed to it went with it.</param>
internal sealed record DeletionNotice(DateTimeOffset DeletedAt, DateTimeOffset DeclaredAt)
{
    /// <summary>Null when the message is none.</summary>
    public static DeletionNotice? Read(IReadOnlyBasicProperties properties) =>
        HeaderValues.Time(properties.Headers, MessageHeaders.QueueDeletedAt) is { } deletedAt
        && HeaderValues.Time(properties.Headers, MessageHeaders.QueueDeclaredAt) is { } declaredAt
            ? new(deletedAt, declaredAt)
            : null;

    public BasicProperties ToProperties() => new()
    {
        DeliveryMode = DeliveryModes.Persistent,
        Headers = new Dictionary<string, object?>
        {
            [MessageHeaders.QueueDeletedAt] = DeletedAt.ToUnixTimeMilliseconds(),
            [MessageHeaders.QueueDeclaredAt] = DeclaredAt.ToUnixTimeMilliseconds()
        }
    };
}
