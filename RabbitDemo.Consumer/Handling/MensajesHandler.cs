using RabbitDemo.Messaging;

namespace RabbitDemo.Consumer.Handling;

/// <summary>Handles the events of queue <c>mensajes</c>: they are only stored.</summary>
internal sealed class MensajesHandler : IEventHandler
{
    public Task HandleAsync(Delivery delivery, CancellationToken cancellationToken) => Task.CompletedTask;
}
