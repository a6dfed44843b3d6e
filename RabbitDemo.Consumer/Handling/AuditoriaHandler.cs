using RabbitDemo.Messaging;

namespace RabbitDemo.Consumer.Handling;

/// <summary>Auditoría: keeps everything, and says aloud what an operator should see.</summary>
/// <remarks>It runs at least once for each event: what must happen once is added to the delivery, as in <see cref="PedidosHandler"/>, or must be idempotent.</remarks>
internal sealed partial class AuditoriaHandler(ILogger<AuditoriaHandler> logger) : IEventHandler
{
    public Task HandleAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        if (delivery.Queue is "logs_alertas" or "pagos_fallidos")
        {
            LogAlert(delivery.Queue, delivery.Evento.Id);
        }

        return Task.CompletedTask;
    }

    [LoggerMessage(LogLevel.Warning, "{Queue}: event {Id}")]
    private partial void LogAlert(string queue, long id);
}
