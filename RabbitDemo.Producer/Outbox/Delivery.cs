namespace RabbitDemo.Producer.Outbox;

/// <summary>What a 202 of this producer promises.</summary>
internal enum Delivery
{
    /// <summary>The broker has confirmed the event. While the broker is away the answer is 503.</summary>
    Confirm,

    /// <summary>The event is on this producer's disk, and is published from there, in order, when the broker can take it.</summary>
    Outbox
}
