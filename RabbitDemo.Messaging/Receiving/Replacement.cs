using System.Diagnostics;

namespace RabbitDemo.Messaging;

/// <summary>
/// Publishes the copy that takes a delivery's place in another queue; the delivery is acknowledged only when the broker has confirmed
/// the copy.
/// </summary>
internal sealed class Replacement(
    WorkQueue queue, MessagePublisher publisher, Trouble trouble, Action<string> missing, DeliveryReport report, TimeProvider clock)
{
    /// <summary>To the end of its own queue, under the id that it was given here.</summary>
    public Task<Ending> SendBackAsync(ReceivedMessage message, CancellationToken stopped) =>
        PublishAsync(Republication.To(queue.Name, message), stopped);

    /// <summary>To the queue from which it comes back after <paramref name="delay"/>.</summary>
    public Task<Ending> RetryAsync(ReceivedMessage message, TimeSpan delay, CancellationToken stopped) =>
        PublishAsync(Republication.To(queue.RetryQueue(delay), message), stopped);

    /// <summary>To the dead-letter queue.</summary>
    public async Task<Ending> BuryAsync(ReceivedMessage message, string reason, string? error, int attempts, CancellationToken stopped)
    {
        await PublishAsync(Republication.ToDead(queue, message, reason, error, attempts, clock.GetUtcNow()), stopped);
        report.Dead(message, reason, attempts);
        return Ending.Acknowledge(Activity.Current);
    }

    private Task<Ending> PublishAsync(OutgoingMessage copy, CancellationToken stopped) => trouble.InsistAsync(async token =>
    {
        var outcome = await publisher.PublishAsync(copy, token);
        if (outcome.Status == PublishStatus.Returned)
        {
            missing(copy.RoutingKey);
        }

        return outcome.Status == PublishStatus.Confirmed
            ? Ending.Acknowledge(Activity.Current)
            : throw new BrokerUnavailableException($"{copy.RoutingKey} cannot take a message now: {outcome.Reason}");
    }, stopped);
}
