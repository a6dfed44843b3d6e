using RabbitDemo.Messaging;

namespace RabbitDemo.Lab.Live;

/// <summary>An example of <c>docs/amqp.md</c>, to be sent as it is there.</summary>
/// <param name="Title">In English; the Spanish one is in the texts.</param>
internal sealed record Preset(string Title, string Exchange, string RoutingKey, string Tipo, string Payload, string? HeaderName = null, string? HeaderValue = null)
{
    /// <summary>Those whose exchange is declared here: one of them needs settings that the page of documentation gives.</summary>
    public static IEnumerable<Preset> For(Topology topology) =>
        All.Where(preset => preset.Exchange.Length == 0 || topology.FindExchange(preset.Exchange) is not null);

    private static readonly Preset[] All =
    [
        new("To a queue by its name", "", "mensajes", "registro", """{"usuario": "admin"}"""),
        new("Direct: a payment that succeeded", "pagos", "payment.success", "pago", """{"importe": 99}"""),
        new("Direct: a key that nobody is bound to", "pagos", "payment.pending", "pago", """{"importe": 99}"""),
        new("Fanout: a log line for all", "logs", "", "log", """{"nivel": "error", "texto": "disco lleno"}"""),
        new("Topic: a user was created", "mi_exchange", "user.created", "usuario", """{"usuario": "ana"}"""),
        new("Topic: # takes no word too", "curso", "user", "usuario", """{"usuario": "ana"}"""),
        new("Headers: an order from the EU", "regiones", "", "pedido", """{"pais": "ES"}""", "region", "EU"),
        new("Topic: an order was created", "mi_exchange", "order.created", "pedido", """{"total": 12.5}""")
    ];
}
