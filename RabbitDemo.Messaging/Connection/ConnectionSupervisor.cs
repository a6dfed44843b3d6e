using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace RabbitDemo.Messaging;

/// <summary>
/// Keeps one connection and what is built on it (topology, channels, consumers) alive as one unit, from the first connect
/// on: when any part ends, all of it is closed and built anew after a backoff, which grows while it ends again as soon as it is
/// ready (over a message that the client cannot read, say). It replaces the client's own recovery.
/// </summary>
/// <param name="purpose">What the connection is for: <c>publish</c>, <c>consume</c>. Part of its name at the broker.</param>
internal sealed partial class ConnectionSupervisor(
    string purpose, IConnectionFactory factory, ConnectionOptions options, TimeProvider clock, ILogger logger)
{
    /// <summary>How long what was built on an ended session is waited for.</summary>
    public static readonly TimeSpan CloseWithin = TimeSpan.FromSeconds(3);

    private readonly ConnectionState state = new(clock);

    /// <summary>Deliveries go past the client library where that can be: <see cref="BrokerSession.Stream"/>.</summary>
    public bool TakesDeliveries { get; init; }

    public ConnectionStatus Status => state.Status;

    /// <summary>Times the unit was rebuilt after it had been ready.</summary>
    public int Reconnects { get; private set; }

    /// <summary>Completes at the next change of <see cref="Status"/>, or when <see cref="TellOfChange"/> is called.</summary>
    public Task Changed => state.Changed;

    /// <summary>What is built on the session has changed.</summary>
    public void TellOfChange() => state.TellOfChange();

    /// <summary>Runs until cancelled. <paramref name="build"/> puts everything on a new session; what it returns is disposed with it.</summary>
    public async Task RunAsync(Func<BrokerSession, CancellationToken, Task<IAsyncDisposable>> build, CancellationToken cancellationToken)
    {
        var backoff = new Backoff(options.MaxBackoff, Random.Shared);
        var afterSession = new Backoff(options.MaxBackoff, Random.Shared);
        string? reported = null;
        while (!cancellationToken.IsCancellationRequested)
        {
            TimeSpan delay;
            try
            {
                var (reason, lasted) = await RunSessionAsync(build, cancellationToken);
                backoff.Reset();
                if (lasted > options.MaxBackoff)
                {
                    afterSession.Reset();
                }

                delay = afterSession.Next();
                LogLost(purpose, factory.Uri.Host, factory.Uri.Port, reason);
                reported = reason;
                Reconnects++;
                MessagingTelemetry.Reconnects.Add(1, new KeyValuePair<string, object?>("purpose", purpose));
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e) when (BrokerErrors.IsBrokerFailure(e))
            {
                var reason = BrokerErrors.Describe(e);
                delay = backoff.Next();
                state.Set(ConnectionPhase.Connecting, reason);
                if (reported is null)
                {
                    LogUnreachable(purpose, factory.Uri.Host, factory.Uri.Port, reason);
                    reported = reason;
                }
            }

            await Delay(delay, cancellationToken);
        }

        state.Set(ConnectionPhase.Stopped, "the service is stopping");
    }

    /// <returns>Why it ended, and how long it was ready.</returns>
    private async Task<(string Reason, TimeSpan Lasted)> RunSessionAsync(
        Func<BrokerSession, CancellationToken, Task<IAsyncDisposable>> build, CancellationToken cancellationToken)
    {
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        attempt.CancelAfter(options.AttemptTimeout);
        using var activity = MessagingTelemetry.StartConnect(BrokerAddress.Of(factory.Uri), purpose);
        try
        {
            await using var session = await BrokerSession.OpenAsync(factory, purpose, TakesDeliveries, attempt.Token);
            var connection = session.Connection;
            connection.ConnectionBlockedAsync += (_, e) => Block(session, e.Reason);
            connection.ConnectionUnblockedAsync += (_, _) => Unblock(session);
            var unit = await build(session, attempt.Token);
            try
            {
                activity?.Stop();
                var ready = clock.GetTimestamp();
                if (state.TrySet(session, ConnectionPhase.Ready, null))
                {
                    LogReady(purpose, factory.Uri.Host, factory.Uri.Port);
                }

                var reason = await session.Ended.WaitAsync(cancellationToken);
                state.Set(ConnectionPhase.Connecting, reason); // not after closing: of a silent connection that takes seconds
                return (reason, clock.GetElapsedTime(ready));
            }
            finally
            {
                await CloseAsync(unit);
            }
        }
        catch (Exception e) when (activity is { IsStopped: false })
        {
            activity.Fail(e);
            throw;
        }
    }

    /// <summary>
    /// What a lost connection interrupted may never end, inside the client or in a handler: the next session does not wait for it.
    /// A delivery that is settled late is one that the store knows when it comes again.
    /// </summary>
    private async Task CloseAsync(IAsyncDisposable unit)
    {
        try
        {
            await unit.DisposeAsync().AsTask().WaitAsync(CloseWithin, clock);
        }
        catch (TimeoutException)
        {
            LogLeft(purpose, CloseWithin);
        }
    }

    private Task Block(BrokerSession session, string reason)
    {
        if (state.TrySet(session, ConnectionPhase.Blocked, $"the broker takes no messages now: {reason}"))
        {
            LogBlocked(purpose, reason);
        }

        return Task.CompletedTask;
    }

    private Task Unblock(BrokerSession session)
    {
        if (state.TrySet(session, ConnectionPhase.Ready, null))
        {
            LogUnblocked(purpose);
        }

        return Task.CompletedTask;
    }

    private async Task Delay(TimeSpan delay, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(delay, clock, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The loop's condition sees it.
        }
    }

    [LoggerMessage(LogLevel.Information, "Connected to the broker at {Host}:{Port} to {Purpose}")]
    private partial void LogReady(string purpose, string host, int port);

    [LoggerMessage(LogLevel.Warning, "Lost the broker at {Host}:{Port} to {Purpose}: {Reason}. Reconnecting")]
    private partial void LogLost(string purpose, string host, int port, string reason);

    [LoggerMessage(LogLevel.Warning, "Cannot reach the broker at {Host}:{Port} to {Purpose}: {Reason}. Trying until it answers")]
    private partial void LogUnreachable(string purpose, string host, int port, string reason);

    [LoggerMessage(LogLevel.Warning, "The ended connection to {Purpose} still holds something after {Limit}: going on without it")]
    private partial void LogLeft(string purpose, TimeSpan limit);

    [LoggerMessage(LogLevel.Warning, "The broker blocks the connection to {Purpose}: {Reason}")]
    private partial void LogBlocked(string purpose, string reason);

    [LoggerMessage(LogLevel.Information, "The broker takes messages again on the connection to {Purpose}")]
    private partial void LogUnblocked(string purpose);
}
