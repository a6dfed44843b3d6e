using System.Text;
using RabbitDemo.Tests.Brokers;
using RabbitMQ.Client;

namespace RabbitDemo.Tests.Telemetry;

/// <summary>What the conventions require and recommend on each kind of span, and what travels with the message.</summary>
[Collection(ObservedCollection.Name)]
public sealed class SpanAttributeTests(ObservedSystem observed)
{
    [BrokerFact]
    public async Task CarryWhatTheConventionsName()
    {
        var sent = await observed.SendAsync("login", "?exchange=mi_exchange&routingKey=order.created");
        var (traceId, messageId) = (sent.GetProperty("traceId").GetString() ?? "", sent.GetProperty("messageId").GetString() ?? "");

        var spans = await observed.TraceAsync(traceId, acks: 2);

        var (publish, process, ack) = (Named("publish mi_exchange:order.created"), Named("process mi_exchange:order.created:order_events"), Named("ack mi_exchange:order.created:order_events"));
        Assert.Equal(Expected("publish", "send", "mi_exchange:order.created", ("messaging.message.body.size", publish["messaging.message.body.size"])), publish);
        Assert.Equal(Expected("process", "process", "mi_exchange:order.created:order_events",
            ("messaging.rabbitmq.message.delivery_tag", process["messaging.rabbitmq.message.delivery_tag"]),
            ("rabbitdemo.attempt", "1"), ("rabbitdemo.redelivered", "false")), process);
        Assert.Equal(Expected("ack", "settle", "mi_exchange:order.created:order_events",
            ("messaging.rabbitmq.message.delivery_tag", process["messaging.rabbitmq.message.delivery_tag"])), ack);
        Assert.DoesNotContain(spans, span => span.Attributes.Values.Any(value => value.Contains("usuario", StringComparison.Ordinal)));

        SortedDictionary<string, string> Named(string name) => new(spans.Single(span => span.Span.Name == name).Attributes.ToDictionary());

        SortedDictionary<string, string> Expected(string operation, string type, string destination, params (string Key, string Value)[] more) => new(
            new Dictionary<string, string>
            {
                ["messaging.system"] = "rabbitmq",
                ["messaging.operation.name"] = operation,
                ["messaging.operation.type"] = type,
                ["messaging.destination.name"] = destination,
                ["messaging.rabbitmq.destination.routing_key"] = "order.created",
                ["messaging.message.id"] = messageId,
                ["server.address"] = "127.0.0.1",
                ["server.port"] = $"{observed.Network.Port}"
            }.Concat(more.Select(m => KeyValuePair.Create(m.Key, m.Value))).ToDictionary());
    }

    [BrokerFact]
    public async Task HoldWhatAHandlerThrew()
    {
        await observed.System.FaultsAsync(new { failNext = 1 });
        var sent = await observed.SendAsync("registro");

        var spans = await observed.TraceAsync(sent.GetProperty("traceId").GetString() ?? "", acks: 2);

        var failed = spans.Single(span => span.Attributes.GetValueOrDefault("rabbitdemo.attempt") == "1");
        var thrown = Assert.Single(failed.Span.Events);
        var facts = ReceivedSpan.Texts(thrown.Attributes);
        Assert.Equal(("exception", "RabbitDemo.Consumer.Faults.PlannedFaultException"), (thrown.Name, facts["exception.type"]));
        Assert.Equal(facts["exception.type"], failed.Attributes["error.type"]);
        Assert.Equal("Event 1 of kind registro fails, as the fault plan says.", facts["exception.message"]);
        Assert.Contains("   at RabbitDemo.Consumer.Faults.FaultyHandler.HandleAsync", facts["exception.stacktrace"], StringComparison.Ordinal);
        Assert.Equal($"PlannedFaultException: {facts["exception.message"]}", failed.Span.Status.Message);
    }

    [BrokerTheory]
    [InlineData(100, true)]
    [InlineData(9_000, false)]
    public async Task TravelWithTheMessage(int baggageLength, bool isCarried)
    {
        await using var connection = await observed.VirtualHost.ConnectAsync(CancellationToken.None);
        await using var channel = await connection.CreateChannelAsync();
        var queue = await channel.QueueDeclareAsync();
        await channel.QueueBindAsync(queue.QueueName, "mi_exchange", "baggage.test");
        var tenant = new string('a', baggageLength);

        var sent = await observed.SendAsync("login", "?exchange=mi_exchange&routingKey=baggage.test", headers:
            [("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), ("baggage", $"tenant={tenant}")]);

        var message = await Eventually.GetAsync("the message is in the test's queue", TimeSpan.FromSeconds(10),
            () => channel.BasicGetAsync(queue.QueueName, autoAck: true), got => got is not null);
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", sent.GetProperty("traceId").GetString());
        Assert.StartsWith("00-0af7651916cd43dd8448eb211c80319c-", Header("traceparent"), StringComparison.Ordinal);
        Assert.Equal(isCarried ? tenant : null, Header("baggage")?.Split('=')[1].Trim());

        string? Header(string name) => message?.BasicProperties.Headers?.TryGetValue(name, out var value) is true && value is byte[] text ? Encoding.UTF8.GetString(text) : null;
    }

    [BrokerFact]
    public async Task AreThoseOfTheLogsToo()
    {
        var sent = await observed.SendAsync("registro");
        var id = sent.GetProperty("messageId").GetString() ?? "";

        var stored = await Eventually.GetAsync("the line that says it is stored", TimeSpan.FromSeconds(10),
            () => Task.FromResult(observed.Receiver.Logs.FirstOrDefault(log => log.Body == $"Stored {id} from mensajes")), log => log is not null);

        Assert.Equal(("consumer", "Information", sent.GetProperty("traceId").GetString()), (stored?.Service, stored?.Severity, stored?.TraceId));
    }
}
