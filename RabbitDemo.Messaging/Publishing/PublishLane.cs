namespace RabbitDemo.Messaging;

/// <summary>On which channel an event is published, and what it waits for there.</summary>
public readonly record struct PublishLane
{
    private readonly uint number;

    private PublishLane(bool isRequests, bool isOrdered, uint number) =>
        (IsRequests, IsOrdered, this.number) = (isRequests, isOrdered, number);

    /// <summary>Each event on the channel whose turn it is, at once. The default.</summary>
    public static PublishLane Any => default;

    /// <summary>
    /// For senders who have a request to answer as soon as their event is confirmed. These have a channel of their own, on which at most
    /// half of them, or 16, wait for the broker at a time, so that the broker has work while the other half is read and answered: that
    /// is a third more requests a second where 64 wait at a time, on two cores. Only when the broker is near, and none for more than 3 ms.
    /// </summary>
    public static PublishLane Requests { get; } = new(isRequests: true, isOrdered: false, 0);

    /// <summary>Is on the channel of <see cref="Requests"/>.</summary>
    internal bool IsRequests { get; }

    private bool IsOrdered { get; }

    /// <summary>Events with the same number are written in the order of calls, on one channel.</summary>
    public static PublishLane Ordered(uint number) => new(isRequests: false, isOrdered: true, number);

    /// <summary>Its number; null when each event is on the channel whose turn it is.</summary>
    internal uint? Number => IsOrdered ? number : null;
}
