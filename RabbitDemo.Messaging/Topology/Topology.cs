namespace RabbitDemo.Messaging;

/// <summary>Every exchange, queue and binding of the system: producer, consumers, lab and tests read the same. Immutable.</summary>
public sealed record Topology(
    IReadOnlyList<Exchange> Exchanges,
    IReadOnlyList<WorkQueue> Queues,
    IReadOnlyList<Binding> Bindings)
{
    /// <summary>The topology that ships with RabbitDemo.</summary>
    public static Topology Default { get; } = new(
        [
            new("mi_exchange", ExchangeType.Topic),
            new("logs", ExchangeType.Fanout),
            new("pagos", ExchangeType.Direct),
            new("regiones", ExchangeType.Headers)
        ],
        [
            new("mensajes", "consumer"),
            new("user_events", "usuarios"),
            new("order_events", "pedidos"),
            new("auditoria", "auditoria"),
            new("logs_archivo", "auditoria"),
            new("logs_alertas", "auditoria"),
            new("pagos_confirmados", "auditoria"),
            new("pagos_fallidos", "auditoria"),
            new("region_eu", "auditoria"),
            new("region_us", "auditoria")
        ],
        [
            new("mi_exchange", "user_events", "user.*"),
            new("mi_exchange", "order_events", "order.*"),
            new("mi_exchange", "auditoria", "#"),
            new("logs", "logs_archivo"),
            new("logs", "logs_alertas"),
            new("pagos", "pagos_confirmados", "payment.success"),
            new("pagos", "pagos_fallidos", "payment.failed"),
            new("regiones", "region_eu", Arguments: Region("EU")),
            new("regiones", "region_us", Arguments: Region("US"))
        ]);

    public Exchange? FindExchange(string name) => Exchanges.FirstOrDefault(e => e.Name == name);

    public WorkQueue? FindQueue(string name) => Queues.FirstOrDefault(q => q.Name == name);

    /// <summary>The queues that <paramref name="service"/> reads.</summary>
    public IReadOnlyList<WorkQueue> ReadBy(string service) => [.. Queues.Where(q => q.ReadBy == service)];

    private static Dictionary<string, object?> Region(string region) => new() { ["x-match"] = "all", ["region"] = region };
}
