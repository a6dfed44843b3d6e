using System.Net.Sockets;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace RabbitDemo.Messaging;

/// <summary>
/// One connection from its opening to its end. Whatever runs on it reports its own end here (a closed channel, a cancelled
/// consumer): then the connection and everything on it are rebuilt as one unit.
/// </summary>
internal sealed class BrokerSession : IAsyncDisposable
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(1);
    private readonly TaskCompletionSource<string> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource stopped = new();

    private readonly Socket? socket;

    private BrokerSession(IConnection connection, OpeningConnection opened)
    {
        socket = opened.Socket;
        Stream = opened.Stream;
        Connection = connection;
        Stopped = stopped.Token;
        connection.ConnectionShutdownAsync += (_, e) => EndAsync(Describe(e));
        connection.CallbackExceptionAsync += (_, e) => EndAsync(e.Exception.Message);
        connection.ConnectionBlockedAsync += (_, _) => SetBlockedAsync(true);
        connection.ConnectionUnblockedAsync += (_, _) => SetBlockedAsync(false);
    }

    public IConnection Connection { get; }

    /// <summary>Takes deliveries, and acknowledgements, past the client library; null when that has to do it.</summary>
    public ConsumingStream? Stream { get; }

    /// <summary>Completes with the reason when the session is over.</summary>
    public Task<string> Ended => ended.Task;

    /// <summary>Cancelled when the session is over.</summary>
    public CancellationToken Stopped { get; }

    /// <summary>The broker takes no messages now, by its own account: an alarm.</summary>
    public bool IsBlocked { get; private set; }

    /// <summary>Connects. Whatever becomes of it, no socket is left open: the client leaves that of a broker that says nothing.</summary>
    /// <param name="factory">Of the client.</param>
    /// <param name="purpose">What for: a part of the connection's name at the broker.</param>
    /// <param name="takesDeliveries">Past the client library, where that can be: <see cref="Stream"/>.</param>
    /// <param name="cancellationToken">Gives up; where nothing answers, the client takes some seconds more for that.</param>
    public static async Task<BrokerSession> OpenAsync(
        IConnectionFactory factory, string purpose, bool takesDeliveries, CancellationToken cancellationToken)
    {
        using var opening = OpeningConnection.Begin(takesDeliveries);
        try
        {
            return new(await factory.CreateConnectionAsync($"{AppDomain.CurrentDomain.FriendlyName} {purpose}", cancellationToken), opening);
        }
        catch
        {
            opening.Socket?.Dispose();
            throw;
        }
    }

    /// <param name="reason">Sentences go on after it: a full stop at its end is dropped.</param>
    public void End(string reason)
    {
        if (ended.TrySetResult(reason.TrimEnd('.')))
        {
            stopped.Cancel();
        }
    }

    /// <summary>Opens a channel whose closing, unless it is closed here, ends the session: a channel never comes back by itself.</summary>
    public async Task<IChannel> OpenChannelAsync(CreateChannelOptions options, CancellationToken cancellationToken)
    {
        var channel = await Connection.CreateChannelAsync(options, cancellationToken);
        channel.ChannelShutdownAsync += (_, e) => e.Initiator == ShutdownInitiator.Application ? Task.CompletedTask : EndAsync(Describe(e));
        channel.CallbackExceptionAsync += (_, e) => EndAsync(e.Exception.Message);
        return channel;
    }

    public async ValueTask DisposeAsync()
    {
        End("closed");
        try
        {
            // Abort: a connection that was cut cannot say goodbye. The wait is bounded because the client's is not always.
            await Connection.CloseAsync(Constants.ReplySuccess, "closed", CloseTimeout, abort: true).WaitAsync(2 * CloseTimeout);
            await Connection.DisposeAsync().AsTask().WaitAsync(2 * CloseTimeout);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            // It is gone all the same.
        }
        finally
        {
            socket?.Dispose();
        }
    }

    private Task SetBlockedAsync(bool isBlocked)
    {
        IsBlocked = isBlocked;
        return Task.CompletedTask;
    }

    private Task EndAsync(string reason)
    {
        End(reason);
        return Task.CompletedTask;
    }

    public static string Describe(ShutdownEventArgs e) => e.Exception is { } cause && e.ReplyCode != Constants.ReplySuccess && string.IsNullOrEmpty(e.ReplyText)
        ? cause.Message
        : $"{e.ReplyCode} {e.ReplyText}".Trim();
}
