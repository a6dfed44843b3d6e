using RabbitDemo.Messaging;

namespace RabbitDemo.Consumer.Handling;

/// <summary>ServicioPedidos: what happens to orders (<c>order.*</c>).</summary>
/// <remarks>
/// It runs at least once for each event, and so does its log line: an event whose process died before its commit has two. The count
/// happens once: it is added to the delivery, and the store runs it in the transaction that stores the event.
/// </remarks>
internal sealed partial class PedidosHandler(ILogger<PedidosHandler> logger) : IEventHandler
{
    /// <summary>How many events of each kind are stored.</summary>
    public const string Totals = "CREATE TABLE IF NOT EXISTS order_totals (tipo TEXT PRIMARY KEY, events BIGINT NOT NULL)";

    private const string CountSql = """
        INSERT INTO order_totals (tipo, events) VALUES ($1, 1)
        ON CONFLICT (tipo) DO UPDATE SET events = order_totals.events + 1
        """;

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

        delivery.AddStatement(CountSql, delivery.Evento.Tipo);
        return Task.CompletedTask;
    }

    [LoggerMessage(LogLevel.Information, "Order event {Id}: an order was cancelled")]
    private partial void LogCancelled(long id);

    [LoggerMessage(LogLevel.Information, "Order event {Id} of kind {Tipo}")]
    private partial void LogChanged(long id, string tipo);
}
