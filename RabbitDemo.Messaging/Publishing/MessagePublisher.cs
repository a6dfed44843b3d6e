using System.Diagnostics;
using Microsoft.Extensions.Options;

namespace RabbitDemo.Messaging;

/// <summary>
/// Publishes messages persistent, mandatory and confirmed, inside one window and one deadline. An unknown outcome is tried again
/// under the same message id for as long as the deadline allows: consumers tell the copies by that id.
/// </summary>
public sealed class MessagePublisher : IDisposable
{
    private const string GivenUp = "the sender gave up";

    /// <summary>
    /// So many channels may end over a message while this one is under way. It may be this one that the broker closes them for (not
    /// allowed, too large): tried until the deadline it would keep the connection from everybody else.
    /// </summary>
    private const int MostEndings = 3;

    private readonly PublisherConnection connection;
    private readonly Topology topology;
    private readonly PublisherOptions options;
    private readonly TimeProvider clock;
    private readonly LedgerCounters counters;
    private readonly PublishSpans spans;
    private readonly SemaphoreSlim window;

    internal MessagePublisher(
        PublisherConnection connection, Topology topology, IOptions<PublisherOptions> options, LedgerCounters counters, TimeProvider clock)
    {
        this.connection = connection;
        this.topology = topology;
        this.options = options.Value;
        this.counters = counters;
        this.clock = clock;
        spans = new(connection.Broker, new(topology));
        window = new(this.options.Window, this.options.Window);
    }

    public void Dispose() => window.Dispose();

    internal Task<PublishOutcome> PublishAsync(OutgoingMessage message, CancellationToken cancellationToken) =>
        PublishAsync(message, PublishLane.Any, cancellationToken);

    /// <summary>Publishes and waits for the broker's verdict, at most until the deadline. It does not throw for the broker or the token.</summary>
    internal async Task<PublishOutcome> PublishAsync(OutgoingMessage message, PublishLane lane, CancellationToken cancellationToken)
    {
        using var activity = spans.Start(message);
        TraceHeaders.Inject(activity ?? Activity.Current, Headers(message));
        var started = clock.GetTimestamp();
        counters.Attempted();
        PublishOutcome outcome;
        if (!await EnterWindowAsync(cancellationToken))
        {
            outcome = new(PublishStatus.Refused, cancellationToken.IsCancellationRequested
                ? GivenUp
                : $"all {options.Window} publishes of the window wait for their confirm");
        }
        else
        {
            MessagingTelemetry.WindowUsed.Add(1);
            try
            {
                outcome = await PublishUntilAsync(started + (long)(options.Deadline.TotalSeconds * clock.TimestampFrequency), message, lane, cancellationToken);
            }
            finally
            {
                MessagingTelemetry.WindowUsed.Add(-1);
                window.Release();
            }
        }

        counters.Published(outcome.Status);
        spans.End(activity, message, outcome, clock.GetElapsedTime(started));
        return outcome;
    }

    private async Task<bool> EnterWindowAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await window.WaitAsync(options.Deadline, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<PublishOutcome> PublishUntilAsync(long deadline, OutgoingMessage message, PublishLane lane, CancellationToken cancellationToken)
    {
        var mayBeStored = false;
        var endings = 0;
        while (true)
        {
            var changed = connection.Changed;
            var status = connection.Status;
            if (status.Phase == ConnectionPhase.Ready)
            {
                var publish = new PendingPublish(message, deadline);
                if (connection.TrySend(publish, lane) is { } channel)
                {
                    var outcome = await publish.Outcome;
                    var isVerdict = outcome.Status is PublishStatus.Confirmed or PublishStatus.Returned || !publish.ChannelEnded;
                    if (outcome.Status == PublishStatus.Returned)
                    {
                        outcome = WasJustDeleted(message, outcome) ?? outcome;
                    }

                    mayBeStored |= outcome.Status == PublishStatus.Unknown;
                    if (isVerdict || (channel.EndedByAMessage && ++endings == MostEndings))
                    {
                        // A refusal says nothing of an attempt before it.
                        return outcome.Status == PublishStatus.Refused && mayBeStored ? outcome with { Status = PublishStatus.Unknown } : outcome;
                    }
                }
            }
            else if (!mayBeStored)
            {
                return new(PublishStatus.Refused, status.Reason);
            }

            if (!await WaitUntilAsync(changed, deadline, cancellationToken))
            {
                var reason = cancellationToken.IsCancellationRequested ? GivenUp : status.Reason ?? "the deadline passed";
                return new(mayBeStored ? PublishStatus.Unknown : PublishStatus.Refused, reason);
            }
        }
    }

    /// <summary>A queue that should have got the message is gone: it is declared again, and the sender comes back.</summary>
    private PublishOutcome? WasJustDeleted(OutgoingMessage message, PublishOutcome outcome)
    {
        if (Router.Route(topology, message.Exchange, message.RoutingKey, message.Properties.Headers?.AsReadOnly()).Queues.Count == 0)
        {
            return null;
        }

        var declaredAgain = connection.TryRebuild($"a declared queue or binding is gone: {message.Exchange}/{message.RoutingKey} was returned");
        return outcome with
        {
            Status = PublishStatus.Refused,
            Reason = declaredAgain
                ? "a queue that should have got the message was just deleted; it is being declared again"
                : "a queue that should get the message is not there, or not bound, and declaring it again was of no use a moment ago"
        };
    }

    private async Task<bool> WaitUntilAsync(Task changed, long deadline, CancellationToken cancellationToken)
    {
        var left = clock.GetElapsedTime(clock.GetTimestamp(), deadline);
        if (left <= TimeSpan.Zero)
        {
            return false;
        }

        try
        {
            await changed.WaitAsync(left, clock, cancellationToken);
            return true;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }

    private static Dictionary<string, object?> Headers(OutgoingMessage message)
    {
        var headers = message.Properties.Headers as Dictionary<string, object?> ?? [];
        message.Properties.Headers = headers;
        return headers;
    }
}
