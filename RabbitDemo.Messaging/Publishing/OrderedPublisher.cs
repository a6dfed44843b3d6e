using Microsoft.Extensions.Options;

namespace RabbitDemo.Messaging;

/// <summary>
/// Publishes in order, for one sender that keeps its events until they are confirmed. <see cref="EventPublisher"/> tries each event
/// again by itself, and so lets later ones overtake it; here the sender begins again, with <see cref="Begin"/>, at the oldest event
/// that has not been confirmed.
/// </summary>
public sealed class OrderedPublisher
{
    private readonly PublisherConnection connection;
    private readonly Topology topology;
    private readonly LedgerCounters counters;
    private readonly MovementLog? movements;
    private readonly TimeProvider clock;
    private readonly PublishSpans spans;
    private long? declaredAgainAt;

    internal OrderedPublisher(
        PublisherConnection connection, Topology topology, IOptions<PublisherOptions> options, LedgerCounters counters, MovementLog? movements,
        TimeProvider clock)
    {
        this.connection = connection;
        this.topology = topology;
        this.counters = counters;
        this.movements = movements;
        this.clock = clock;
        Window = options.Value.Window;
        spans = new(connection.Broker, new(topology));
    }

    /// <summary>How many publishes the settings let wait for their confirm.</summary>
    public int Window { get; }

    public ConnectionStatus Status => connection.Status;

    /// <summary>Completes at the next change of <see cref="Status"/>.</summary>
    public Task Changed => connection.Changed;

    /// <summary>Entities that the broker has otherwise than declared here.</summary>
    public IReadOnlyList<EntityProblem> Problems => connection.Problems;

    /// <summary>Null while nothing can be published: wait for <see cref="Changed"/>, taken before this call.</summary>
    public OrderedRun? Begin() =>
        connection.Status.Phase == ConnectionPhase.Ready && connection.First is { HasEnded: false } channel ? new(this, channel) : null;

    internal async Task<PublishOutcome> PublishAsync(PreparedEvent evento, ConfirmChannel channel)
    {
        var message = evento.ToMessage();
        if (evento.Exchange.Length > 0 && topology.FindExchange(evento.Exchange) is null)
        {
            PublishOutcome nowhere = new(PublishStatus.Returned, $"there is no exchange \"{evento.Exchange}\"");
            movements?.Published(message, nowhere);
            return nowhere;
        }

        using var activity = spans.Start(message);
        var started = clock.GetTimestamp();
        counters.Attempted();
        MessagingTelemetry.WindowUsed.Add(1);

        // Without a deadline: one that expired in the channel's queue would be left out, and later ones sent.
        var publish = new PendingPublish(message, deadline: long.MaxValue);
        var outcome = channel.TrySend(publish) ? await publish.Outcome : new(PublishStatus.Refused, "the connection has ended");
        if (outcome.Status is PublishStatus.Refused or PublishStatus.Unknown)
        {
            End(channel, outcome.Reason ?? "a message was not confirmed");
        }

        MessagingTelemetry.WindowUsed.Add(-1);
        counters.Published(outcome.Status);
        movements?.Published(message, outcome);
        spans.End(activity, message, outcome, clock.GetElapsedTime(started));
        return outcome;
    }

    /// <summary>A broker that refuses a message, or closes a channel over it, says so on a connection that is sound: the channel is enough.</summary>
    private static void End(ConfirmChannel channel, string reason)
    {
        if (channel.HasRefused || channel.EndedAlone is not null)
        {
            channel.EndAlone(reason);
        }
        else
        {
            channel.End(reason);
        }
    }

    internal bool TryDeclareAgain(PreparedEvent evento, ConfirmChannel channel)
    {
        if ((declaredAgainAt is { } at && clock.GetElapsedTime(at) < PublisherConnection.BetweenRebuilds)
            || Router.Route(topology, evento.Exchange, evento.RoutingKey, evento.ToMessage().Properties.Headers?.AsReadOnly()).Queues.Count == 0)
        {
            return false;
        }

        declaredAgainAt = clock.GetTimestamp();
        channel.End($"a declared queue or binding is gone: {evento.Exchange}/{evento.RoutingKey} was returned");
        return true;
    }
}

/// <summary>
/// A stretch of publishing on one channel: what is handed over is written in that order, and each queue gets it in that order. The
/// first outcome that is neither confirmed nor returned ends the run, with its channel or its connection: what comes after it is not
/// sent any more.
/// </summary>
/// <remarks>
/// Events may arrive twice, first arrivals are in order. One case is an exception: when the broker refuses a single message
/// (<c>basic.nack</c>), those written behind it may have arrived already. One caller at a time.
/// </remarks>
public sealed class OrderedRun
{
    private readonly OrderedPublisher publisher;
    private readonly ConfirmChannel channel;

    internal OrderedRun(OrderedPublisher publisher, ConfirmChannel channel) => (this.publisher, this.channel) = (publisher, channel);

    /// <summary>
    /// It ended over one of the messages that were under way, and not with the broker or the network: sent again alone, that one
    /// ends the next run too.
    /// </summary>
    public bool EndedByAMessage => channel.EndedByAMessage;

    /// <summary>
    /// The broker has refused one of the messages (<c>basic.nack</c>): a queue is full, or its node is away, and those behind it may have
    /// arrived. It may take that message later.
    /// </summary>
    public bool WasRefused => channel.HasRefused;

    /// <summary>Hands the event over before it returns; completes with the broker's verdict, however long that takes.</summary>
    /// <returns>Confirmed; Returned (no queue bound); Refused or Unknown: the run has ended.</returns>
    public Task<PublishOutcome> PublishAsync(PreparedEvent evento) => publisher.PublishAsync(evento, channel);

    /// <summary>
    /// For a returned event: where a declared queue should have got it, that queue was just deleted. Then the run ends, everything
    /// is declared again, and the event is worth another try.
    /// </summary>
    /// <returns>False where no queue should get it, or where declaring was of no use a moment ago: the event has no place to go.</returns>
    public bool TryDeclareAgain(PreparedEvent evento) => publisher.TryDeclareAgain(evento, channel);

    /// <summary>Ends the run with its connection: what has no verdict yet is unknown.</summary>
    public void End(string reason) => channel.End(reason);
}
