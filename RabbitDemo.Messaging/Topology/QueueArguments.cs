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

    /// <summary>A retry queue has the work queue's type: a message that waits for its retry is as safe as one that waits for its first attempt.</summary>
    public static Dictionary<string, object?> OfRetryQueue(WorkQueue queue, TimeSpan delay, QueueOptions options)
    {
        Dictionary<string, object?> arguments = new()
        {
            ["x-message-ttl"] = (long)delay.TotalMilliseconds,
            ["x-dead-letter-exchange"] = "",
            ["x-dead-letter-routing-key"] = queue.Name
        };
        if (options.Type == QueueType.Quorum)
        {
            arguments["x-queue-type"] = "quorum";
            arguments["x-overflow"] = "reject-publish";
            arguments["x-dead-letter-strategy"] = "at-least-once";
        }

        return arguments;
    }
}
