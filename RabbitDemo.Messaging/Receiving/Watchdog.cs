namespace RabbitDemo.Messaging;

/// <summary>
/// Looks for a consumer that the broker has lost, or that has lost the broker: messages ready, prefetch free, nothing delivered
/// for a while, twice in a row. A single active consumer's standby is not one: the messages are somebody else's.
/// </summary>
internal sealed class Watchdog(BrokerSession session, List<QueueSubscription> subscriptions, TimeSpan interval, TimeProvider clock)
{
    private readonly HashSet<QueueSubscription> suspects = [];

    public async Task RunAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(interval / 2, clock);
            while (await timer.WaitForNextTickAsync(session.Stopped))
            {
                QueueSubscription[] watched;
                lock (subscriptions)
                {
                    watched = [.. subscriptions];
                }

                foreach (var subscription in watched)
                {
                    await LookAsync(subscription);
                }
            }
        }
        catch (Exception e) when (BrokerErrors.IsBrokerFailure(e))
        {
            session.End(BrokerErrors.Describe(e));
        }
    }

    private async Task LookAsync(QueueSubscription subscription)
    {
        if (subscription.MayStandBy || subscription.IsPaused || subscription.IsDraining || subscription.InFlightCount >= subscription.Prefetch || subscription.SinceLastDelivery < interval)
        {
            suspects.Remove(subscription);
            return;
        }

        var depth = await QueueProbe.MeasureAsync(session.Connection, subscription.Queue.Name, session.Stopped);
        if (depth is null)
        {
            session.End($"queue {subscription.Queue.Name} is gone");
        }
        else if (depth.Ready == 0)
        {
            suspects.Remove(subscription);
        }
        else if (!suspects.Add(subscription) && subscription.SinceLastDelivery >= interval)
        {
            session.End($"{depth.Ready} messages lie ready in {subscription.Queue.Name} and none is delivered");
        }
    }
}
