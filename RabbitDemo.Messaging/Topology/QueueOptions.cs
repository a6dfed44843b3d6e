using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace RabbitDemo.Messaging;

public enum QueueType
{
    /// <summary>One copy, on one node. Declared without any argument, so that a foreign client's plain durable declare matches.</summary>
    Classic,

    /// <summary>Replicated over the nodes of a cluster, with an explicit delivery limit that dead-letters, at least once.</summary>
    Quorum
}

/// <summary>How every service declares the work queues: section <c>RabbitDemo:Queues</c>. It must be the same for all of them.</summary>
public sealed record QueueOptions
{
    public const string Section = "RabbitDemo:Queues";

    /// <summary>Deliveries after which the broker itself dead-letters a quorum queue's message.</summary>
    public const int DeliveryLimit = 20;

    [EnumDataType(typeof(QueueType), ErrorMessage = "{0} must be Classic or Quorum.")]
    public QueueType Type { get; init; } = QueueType.Classic;

    /// <summary>Work queues of which the broker serves one consumer at a time, in order, the others standing by.</summary>
    public string[] SingleActiveConsumer { get; init; } = [];

    public bool IsSingleActiveConsumer(string queue) => SingleActiveConsumer.Contains(queue);
}

[OptionsValidator]
internal sealed partial class QueueOptionsValidator : IValidateOptions<QueueOptions>;
