namespace RabbitDemo.Messaging;

/// <summary>The <c>x-</c> arguments that our queues are declared with.</summary>
internal static class QueueArguments
{
    public static Dictionary<string, object?>? OfWorkQueue(WorkQueue queue, QueueOptions options)
    {
        Dictionary<string, object?> arguments = options.Type == QueueType.Quorum
            ? new()
            {
                ["x-queue-type"] = "quorum",
                ["x-delivery-limit"] = QueueOptions.DeliveryLimit,
                ["x-overflow"] = "reject-publish",
                ["x-dead-letter-strategy"] = "at-least-once",
                ["x-dead-letter-exchange"] = "",
                ["x-dead-letter-routing-key"] = queue.DeadLetterQueue
            }
            : [];
        if (options.IsSingleActiveConsumer(queue.Name))
        {
            arguments["x-single-active-consumer"] = true;
        }

        return arguments.Count == 0 ? null : arguments;
    }

    /// <summary>
    /// A quorum queue, whatever the work queue is: only such a one keeps an expired message until the work queue has confirmed it.
    /// A classic one lets go of it first, and what the work queue has not written yet when its node is killed is gone.
    /// </summary>
    public static Dictionary<string, object?> OfRetryQueue(WorkQueue queue, TimeSpan delay) => new()
    {
        ["x-queue-type"] = "quorum",
        ["x-message-ttl"] = (long)delay.TotalMilliseconds,
        ["x-overflow"] = "reject-publish",
        ["x-dead-letter-strategy"] = "at-least-once",
        ["x-dead-letter-exchange"] = "",
        ["x-dead-letter-routing-key"] = queue.Name
    };
}
