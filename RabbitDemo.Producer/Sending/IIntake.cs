using Microsoft.AspNetCore.Mvc;
using RabbitDemo.Messaging;

namespace RabbitDemo.Producer.Sending;

/// <summary>Decides when an event is promised. Thread-safe.</summary>
internal interface IIntake
{
    /// <summary>Takes an event whose target is declared, in the order of calls where the promise has one.</summary>
    /// <param name="evento">The event.</param>
    /// <param name="messageId">Its identity.</param>
    /// <param name="isKey">Its sender chose the id, and may send it again.</param>
    /// <param name="route">Where it goes.</param>
    /// <param name="lane">What is taken in an ordered one is handed over in the order of calls.</param>
    /// <param name="cancellationToken">The client has gone.</param>
    /// <returns>Null when the event is promised.</returns>
    Task<ProblemDetails?> TakeAsync(Evento evento, string messageId, bool isKey, Route route, PublishLane lane, CancellationToken cancellationToken);
}

/// <summary>Promises an event when the broker has confirmed it.</summary>
internal sealed class ConfirmIntake(EventPublisher publisher) : IIntake
{
    public async Task<ProblemDetails?> TakeAsync(Evento evento, string messageId, bool isKey, Route route, PublishLane lane, CancellationToken cancellationToken) =>
        SendProblems.ForOutcome(await publisher.PublishAsync(evento, messageId, route, lane, cancellationToken), route, messageId);
}
