using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;

namespace RabbitDemo.Messaging;

/// <summary>
/// The process's one connection to publish on, apart from the one to consume on: a broker that blocks publishers must not stop
/// acknowledgements.
/// </summary>
internal sealed partial class PublisherConnection(
    IConnectionFactory factory,
    TopologyDeclarer declarer,
    IOptions<ConnectionOptions> connectionOptions,
    IOptions<PublisherOptions> options,
    TimeProvider clock,
    ILogger<PublisherConnection> logger) : BackgroundService
{
    /// <summary>How often a return may have the topology declared again: a route that stays dead must not keep the connection from working.</summary>
    public static readonly TimeSpan BetweenRebuilds = TimeSpan.FromSeconds(10);

    private readonly Lock rebuilding = new();
    private readonly ConnectionSupervisor supervisor = new("publish", factory, connectionOptions.Value, clock, logger);
    private volatile Unit? unit;
    private long? rebuiltAt;
    private int channelsReplaced;
    private BrokerSession? saidRefused;
    private BrokerSession? saidClosed;

    public BrokerAddress Broker { get; } = BrokerAddress.Of(factory.Uri);

    public ConnectionStatus Status => supervisor.Status;

    public Task Changed => supervisor.Changed;

    public int Reconnects => supervisor.Reconnects;

    /// <summary>Entities that the broker has otherwise than declared here.</summary>
    public IReadOnlyList<EntityProblem> Problems => unit?.Problems ?? [];

    /// <summary>Hands the publish to its lane's channel.</summary>
    /// <returns>That channel; null when there is no connection now, or the channel has ended and no other has its place yet: nothing was sent.</returns>
    public ConfirmChannel? TrySend(PendingPublish publish, PublishLane lane) => unit?.TrySend(publish, lane);

    /// <summary>The one channel for a sender whose order counts; null when there is no connection now.</summary>
    public ConfirmChannel? First => unit?.First;

    /// <summary>Channels that took the place of one that was refused messages, that ended over a message, or that a run ended.</summary>
    public int ChannelsReplaced => Volatile.Read(ref channelsReplaced);

    /// <summary>Rebuilds connection and topology, because something that was declared is gone.</summary>
    /// <returns>False when that was done a moment ago: it is of no use.</returns>
    public bool TryRebuild(string reason)
    {
        lock (rebuilding)
        {
            if (rebuiltAt is { } at && clock.GetElapsedTime(at) < BetweenRebuilds)
            {
                return false;
            }

            rebuiltAt = clock.GetTimestamp();
        }

        unit?.Session.End(reason);
        return true;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => supervisor.RunAsync(BuildAsync, stoppingToken);

    private async Task<IAsyncDisposable> BuildAsync(BrokerSession session, CancellationToken cancellationToken)
    {
        var problems = await DeclareAsync(cancellationToken);
        foreach (var problem in problems)
        {
            logger.LogProblem(problem);
        }

        if (problems.Any(p => p.IsAway))
        {
            _ = AwayEntities.AwaitAsync(session, DeclareAsync, clock);
        }

        var channels = new List<ConfirmChannel>();
        try
        {
            channels.Add(await ConfirmChannel.OpenAsync(session, isForRequests: true, clock, cancellationToken));
            while (channels.Count <= options.Value.Channels)
            {
                channels.Add(await ConfirmChannel.OpenAsync(session, isForRequests: false, clock, cancellationToken));
            }
        }
        catch
        {
            channels.ForEach(channel => channel.End("another channel could not be opened"));
            await Task.WhenAll(channels.Select(channel => channel.DisposeAsync().AsTask()));
            throw;
        }

        var built = new Unit([.. channels.Select(channel => new ConfirmChannelSlot(channel, session, clock, old => OnReplaced(session, old)))], session, problems, () => unit = null);
        unit = built;
        return built;

        Task<IReadOnlyList<EntityProblem>> DeclareAsync(CancellationToken token) => declarer.DeclareAsync(session.Connection, ownQueues: [], token);
    }

    private void OnReplaced(BrokerSession session, ConfirmChannel old)
    {
        Interlocked.Increment(ref channelsReplaced);
        MessagingTelemetry.ChannelsReplaced.Add(1);
        if (old.EndedByAMessage)
        {
            if (Interlocked.Exchange(ref saidClosed, session) != session)
            {
                LogClosed(old.EndedAlone);
            }
        }
        else if (Interlocked.Exchange(ref saidRefused, session) != session)
        {
            LogRefused();
        }

        supervisor.TellOfChange();
    }

    [LoggerMessage(LogLevel.Warning, "The broker refuses messages (basic.nack): a queue is full, or its node away. Its senders are told; the others go on")]
    private partial void LogRefused();

    [LoggerMessage(LogLevel.Warning, "A channel was closed over a message: {Reason}. Its sender is told; the others go on, on another channel")]
    private partial void LogClosed(string? reason);

    private sealed class Unit(
        ConfirmChannelSlot[] slots, BrokerSession session, IReadOnlyList<EntityProblem> problems, Action onEnd) : IAsyncDisposable
    {
        private uint turn;

        public BrokerSession Session => session;

        public IReadOnlyList<EntityProblem> Problems => problems;

        public ConfirmChannel First => slots[1].Channel;

        public ConfirmChannel? TrySend(PendingPublish publish, PublishLane lane) => SlotOf(lane).TrySend(publish);

        public async ValueTask DisposeAsync()
        {
            onEnd();
            foreach (var slot in slots)
            {
                await slot.DisposeAsync();
            }
        }

        /// <summary>The first is the one for requests.</summary>
        private ConfirmChannelSlot SlotOf(PublishLane lane) =>
            lane.IsRequests ? slots[0] : slots[1 + ((lane.Number ?? Interlocked.Increment(ref turn)) % (uint)(slots.Length - 1))];
    }
}
