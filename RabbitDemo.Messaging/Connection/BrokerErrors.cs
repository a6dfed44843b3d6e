using System.Net.Sockets;
using System.Security.Authentication;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace RabbitDemo.Messaging;

/// <summary>Tells a failure of the broker or the network from a defect, and says it in one line without a password.</summary>
internal static class BrokerErrors
{
    public static bool IsBrokerFailure(Exception e) =>
        e is RabbitMQClientException or IOException or SocketException or TimeoutException or ObjectDisposedException
            or OperationCanceledException or AuthenticationException
            or System.Threading.Channels.ChannelClosedException;

    public static string Describe(Exception e) => Innermost(e) switch
    {
        AuthenticationFailureException => "the broker refused the user name or password (ACCESS_REFUSED)",
        OperationInterruptedException { ShutdownReason: { } reason } => $"{reason.ReplyCode} {reason.ReplyText}",
        SocketException s => $"{s.SocketErrorCode}",
        OperationCanceledException or TimeoutException => "no answer in time",
        AuthenticationException tls => $"TLS failed, which is most often a certificate that is not trusted, or not this host's: {OneLine(tls)}",
        var other => OneLine(other)
    };

    /// <summary>
    /// The queue exists, on a node of the cluster that is down, or whose part of it does not run: the same 404 as for one that does
    /// not exist, told apart by its text alone.
    /// </summary>
    public static bool IsAway(ShutdownEventArgs reason) => reason is { ReplyCode: 404, ReplyText: { } text }
        && (text.Contains("down or inaccessible", StringComparison.Ordinal) || text.Contains("process is stopped", StringComparison.Ordinal));

    private static string OneLine(Exception e) => e.Message.ReplaceLineEndings(" ").TrimEnd('.');

    private static Exception Innermost(Exception e) => e switch
    {
        AuthenticationFailureException or OperationInterruptedException { ShutdownReason: not null } => e,
        { InnerException: { } inner } => Innermost(inner),
        _ => e
    };
}
