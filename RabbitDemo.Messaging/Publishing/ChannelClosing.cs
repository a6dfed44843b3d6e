using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace RabbitDemo.Messaging;

/// <summary>What the broker closed a channel over.</summary>
internal static class ChannelClosing
{
    /// <summary>It does not take one message, and nothing else is wrong: too large, not allowed, a value that it cannot take.</summary>
    public static bool IsOverAMessage(this ShutdownEventArgs closing) => closing is
    {
        Initiator: ShutdownInitiator.Peer,
        ReplyCode: Constants.ContentTooLarge or Constants.AccessRefused or Constants.PreconditionFailed
    };

    /// <summary>An exchange is gone: declaring everything again, with the next session, brings it back.</summary>
    public static bool IsOverAnExchange(this ShutdownEventArgs closing) => closing is { Initiator: ShutdownInitiator.Peer, ReplyCode: Constants.NotFound };
}
