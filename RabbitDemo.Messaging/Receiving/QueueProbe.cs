using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace RabbitDemo.Messaging;

/// <summary>Asks the broker about a queue on a channel of its own, because a queue that is missing closes the channel.</summary>
internal static class QueueProbe
{
    private const int NotFound = 404;

    public static async Task<QueuePresence> LookAsync(IConnection connection, string queue, CancellationToken cancellationToken) =>
        (await AskAsync(connection, queue, cancellationToken)).Presence;

    /// <summary>Null when there is no such queue, or it is away.</summary>
    public static async Task<QueueDepth?> MeasureAsync(IConnection connection, string queue, CancellationToken cancellationToken) =>
        (await AskAsync(connection, queue, cancellationToken)).Depth;

    private static async Task<(QueuePresence Presence, QueueDepth? Depth)> AskAsync(IConnection connection, string queue, CancellationToken cancellationToken)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        try
        {
            var ok = await channel.QueueDeclarePassiveAsync(queue, cancellationToken);
            return (QueuePresence.Present, new(queue, ok.MessageCount, ok.ConsumerCount));
        }
        catch (OperationInterruptedException e) when (e.ShutdownReason is { ReplyCode: NotFound } reason)
        {
            return (BrokerErrors.IsAway(reason) ? QueuePresence.Away : QueuePresence.Missing, null);
        }
    }
}

internal enum QueuePresence
{
    Present,

    /// <summary>There is no such queue.</summary>
    Missing,

    /// <summary>It is there, on a node of the cluster that is down.</summary>
    Away
}
