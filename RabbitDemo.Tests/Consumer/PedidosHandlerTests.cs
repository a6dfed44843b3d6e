using Microsoft.Extensions.Logging;
using RabbitDemo.Consumer.Handling;
using RabbitDemo.Tests.Store;

namespace RabbitDemo.Tests.Consumer;

/// <summary>A handler tested by itself: it takes a delivery, and needs no broker, store or host.</summary>
public sealed class PedidosHandlerTests
{
    [Theory]
    [InlineData("order.cancelled", "Order event 7: an order was cancelled")]
    [InlineData("order.created", "Order event 7 of kind pedido")]
    public async Task SaysWhatHappenedToTheOrderAndCountsIt(string routingKey, string line)
    {
        using var log = new KeptLog(LogLevel.Information);
        using var logging = LoggerFactory.Create(builder => builder.AddProvider(log));
        var handler = new PedidosHandler(logging.CreateLogger<PedidosHandler>());
        var delivery = Deliveries.Of("a", queue: "order_events", tipo: "pedido", number: 7) with { Exchange = "mi_exchange", RoutingKey = routingKey };

        await handler.HandleAsync(delivery, CancellationToken.None);

        Assert.Equal($"Information {typeof(PedidosHandler).FullName}: {line}", Assert.Single(log.Lines).TrimEnd());
        Assert.Equal("pedido", Assert.Single(Assert.Single(delivery.Statements).Values));
    }
}
