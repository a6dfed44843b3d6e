using RabbitDemo.Messaging;

namespace RabbitDemo.Consumer.Handling;

/// <summary>ServicioUsuarios: what happens to users (<c>user.*</c>).</summary>
/// <remarks>It runs at least once for each event: what must happen once is added to the delivery, as in <see cref="PedidosHandler"/>, or must be idempotent.</remarks>
internal sealed partial class UsuariosHandler(ILogger<UsuariosHandler> logger) : IEventHandler
{
    public Task HandleAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        switch (delivery.RoutingKey)
        {
            case "user.created":
                LogCreated(delivery.Evento.Id);
                break;
            default:
                LogChanged(delivery.Evento.Id, delivery.Evento.Tipo);
                break;
        }

        return Task.CompletedTask;
    }

    [LoggerMessage(LogLevel.Information, "User event {Id}: a user was created")]
    private partial void LogCreated(long id);

    [LoggerMessage(LogLevel.Information, "User event {Id} of kind {Tipo}")]
    private partial void LogChanged(long id, string tipo);
}
