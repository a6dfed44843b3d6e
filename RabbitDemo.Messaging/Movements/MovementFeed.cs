using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace RabbitDemo.Messaging;

/// <summary>
/// Tells the lab what this process does with messages, on a connection of its own: what becomes of it concerns nobody else. A batch
/// that cannot be sent is lost.
/// </summary>
internal sealed partial class MovementFeed(
    MovementTeller teller, IConnectionFactory factory, IOptions<ConnectionOptions> options, TimeProvider clock, ILogger<MovementFeed> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastWithin = TimeSpan.FromSeconds(1);

    /// <summary>Between attempts to use an exchange that the broker refuses.</summary>
    private static readonly TimeSpan RefusedPause = TimeSpan.FromSeconds(5);

    /// <summary>Silent: that the broker is gone, or back, is said by the connection that the service needs.</summary>
    private readonly ConnectionSupervisor supervisor = new("movements", factory, options.Value, clock, NullLogger.Instance);

    private readonly CancellationTokenSource stopping = new();
    private volatile Task telling = Task.CompletedTask;
    private string? refusal;

    public ConnectionStatus Status => supervisor.Status;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            await stopping.CancelAsync();
            await telling.WaitAsync(LastWithin, clock, cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // The lab sees the instance fall silent instead.
        }

        await base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        stopping.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => supervisor.RunAsync(
        (session, _) =>
        {
            telling = TellAsync(session);
            return Task.FromResult<IAsyncDisposable>(new Telling(session, telling));
        },
        stoppingToken);

    /// <summary>
    /// Until the session ends or the process stops. A channel that the broker closes (no permission, another kind of exchange under
    /// this name) is not the session's end: it is said once, and tried again now and then.
    /// </summary>
    private async Task TellAsync(BrokerSession session)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token, session.Stopped);
        try
        {
            while (!either.IsCancellationRequested)
            {
                try
                {
                    await TellOnChannelAsync(session, either.Token);
                }
                catch (OperationInterruptedException e) when (session.Connection.IsOpen)
                {
                    teller.Interrupt();
                    Refuse(BrokerErrors.Describe(e));
                    await Task.Delay(RefusedPause, clock, either.Token);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Nothing more to say.
        }
        catch (Exception e)
        {
            session.End(BrokerErrors.Describe(e));
        }
        finally
        {
            teller.Interrupt();
        }
    }

    private async Task TellOnChannelAsync(BrokerSession session, CancellationToken until)
    {
        // Not disposed of: it ends with the session, or has been closed by the broker.
        var channel = await session.Connection.CreateChannelAsync(new(false, false), until);
        await MovementExchange.DeclareAsync(channel, until);
        teller.Begin();
        await PublishAsync(channel, session, isLast: false);
        var begun = clock.GetTimestamp();
        var last = begun;
        using var timer = new PeriodicTimer(Interval, clock);
        while (await NextTickAsync(timer, until))
        {
            if (supervisor.Status.Phase == ConnectionPhase.Blocked)
            {
                teller.Interrupt();
                continue;
            }

            teller.Begin();
            if (teller.HasNews || clock.GetElapsedTime(last) >= Heartbeat)
            {
                last = clock.GetTimestamp();
                await PublishAsync(channel, session, isLast: false);
                refusal = clock.GetElapsedTime(begun) > RefusedPause ? null : refusal;
            }
        }

        if (stopping.IsCancellationRequested)
        {
            await PublishAsync(channel, session, isLast: true);
        }
    }

    /// <summary>A broker that blocks the connection takes nothing: then this batch is lost.</summary>
    private async Task PublishAsync(IChannel channel, BrokerSession session, bool isLast)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(session.Stopped);
        limit.CancelAfter(LastWithin);
        try
        {
            var properties = new BasicProperties { ContentType = "application/json", DeliveryMode = DeliveryModes.Transient };
            await channel.BasicPublishAsync(MovementExchange.Name, "", mandatory: false, properties, teller.Next(isLast), limit.Token);
        }
        catch (OperationCanceledException) when (!session.Stopped.IsCancellationRequested)
        {
            teller.Interrupt();
        }
    }

    private static async Task<bool> NextTickAsync(PeriodicTimer timer, CancellationToken until)
    {
        try
        {
            return await timer.WaitForNextTickAsync(until);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void Refuse(string reason)
    {
        if (refusal != reason)
        {
            refusal = reason;
            LogRefused(MovementExchange.Name, reason);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The lab learns nothing of this process: the broker refuses exchange {Exchange}: {Reason}")]
    private partial void LogRefused(string exchange, string reason);

    private sealed class Telling(BrokerSession session, Task telling) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            session.End("closed");
            await telling;
        }
    }
}
