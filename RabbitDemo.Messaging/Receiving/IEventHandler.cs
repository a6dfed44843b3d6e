namespace RabbitDemo.Messaging;

/// <summary>What a service does with an event.</summary>
public interface IEventHandler
{
    /// <summary>
    /// Handles one event. It runs <b>at least once</b> for each event: a process can die after it and before the store's
    /// commit, and then it runs again, possibly while the first run still goes on. Whatever must happen <b>once</b> is added to the
    /// delivery, as a statement that the store runs in the transaction that stores the event (<see cref="Delivery.AddStatement"/>), or
    /// must be idempotent by (<see cref="Delivery.Queue"/>, <see cref="Delivery.MessageId"/>).
    /// </summary>
    /// <param name="delivery">The event and how it came; valid for as long as it is held.</param>
    /// <param name="cancellationToken">Cancelled at the time limit, when the connection is lost, or at the end of a drain. Not to be used after the handler has ended.</param>
    /// <remarks>An exception, and a statement that the database refuses, is a failed attempt: the event is retried after a delay, then dead-lettered; with a <see cref="PermanentFailureException"/> at once.</remarks>
    Task HandleAsync(Delivery delivery, CancellationToken cancellationToken);
}
