using RabbitDemo.Messaging;

namespace RabbitDemo.Consumer.Handling;

/// <summary>ServicioPedidos: what happens to orders (<c>order.*</c>).</summary>
/// <remarks>It runs at least once for each event: what must happen once belongs in the store's transaction, or must be idempotent.</remarks>
internal sealed partial class PedidosHandler(ILogger<PedidosHandler> logger) : IEventHandler
{
    public Task HandleAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        switch (delivery.RoutingKey)
        {
            case "order.cancelled":
                LogCancelled(delivery.Evento.Id);
                break;
            default:
                LogChanged(delivery.Evento.Id, delivery.Evento.Tipo);
                break;
        }

        return Task.CompletedTask;
    }

    [LoggerMessage(LogLevel.Information, "Order event {Id}: an order was cancelled")]
    private partial void LogCancelled(long id);

    [LoggerMessage(LogLevel.Information, "Order event {Id} of kind {Tipo}")]
    private partial void LogChanged(long id, string tipo);
}
