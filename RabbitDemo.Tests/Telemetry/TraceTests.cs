using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using RabbitDemo.Tests.Brokers;
using RabbitMQ.Client;

namespace RabbitDemo.Tests.Telemetry;

/// <summary>Whole traces, as a collector gets them: names, services, kinds, parents, links, status.</summary>
[Collection(ObservedCollection.Name)]
public sealed class TraceTests(ObservedSystem observed)
{
    [BrokerFact]
    public async Task RunsFromTheRequestThroughTheRetryToTheStore()
    {
        await observed.System.FaultsAsync(new { failNext = 1 });

        var sent = await observed.SendAsync("registro");

        await AssertTraceAsync(TraceIdOf(sent), """
            POST /send [producer SERVER]
              publish mensajes [producer PRODUCER] name=publish type=send routing_key=mensajes
                process mensajes [consumer CONSUMER] type=RabbitDemo.Consumer.Faults.PlannedFaultException attempt=1 redelivered=false name=process type=process routing_key=mensajes link=publish mensajes ERROR
                  fail mensajes [consumer INTERNAL]
                  publish mensajes.retry.100 [consumer PRODUCER] name=publish type=send routing_key=mensajes.retry.100
                  ack mensajes [consumer CLIENT] name=ack type=settle routing_key=mensajes
                process mensajes [consumer CONSUMER] attempt=2 redelivered=false name=process type=process routing_key=mensajes link=publish mensajes
                  store mensajes [consumer INTERNAL] outcome=stored
                  ack mensajes [consumer CLIENT] name=ack type=settle routing_key=mensajes
            """);
    }

    [BrokerFact]
    public async Task BranchesWhereATopicReachesTwoQueues()
    {
        var sent = await observed.SendAsync("login", "?exchange=mi_exchange&routingKey=user.login");

        await AssertTraceAsync(TraceIdOf(sent), """
            POST /send [producer SERVER]
              publish mi_exchange:user.login [producer PRODUCER] name=publish type=send routing_key=user.login
                process mi_exchange:user.login:auditoria [auditoria CONSUMER] attempt=1 redelivered=false name=process type=process routing_key=user.login link=publish mi_exchange:user.login
                  store auditoria [auditoria INTERNAL] outcome=stored
                  ack mi_exchange:user.login:auditoria [auditoria CLIENT] name=ack type=settle routing_key=user.login
                process mi_exchange:user.login:user_events [usuarios CONSUMER] attempt=1 redelivered=false name=process type=process routing_key=user.login link=publish mi_exchange:user.login
                  store user_events [usuarios INTERNAL] outcome=stored
                  ack mi_exchange:user.login:user_events [usuarios CLIENT] name=ack type=settle routing_key=user.login
            """);
    }

    [BrokerFact]
    public async Task NamesNoKeyWhereHeadersRoute()
    {
        var sent = await observed.SendAsync("alta", "?exchange=regiones", headers: ("X-Amqp-region", "EU"));

        await AssertTraceAsync(TraceIdOf(sent), """
            POST /send [producer SERVER]
              publish regiones [producer PRODUCER] name=publish type=send
                process regiones:region_eu [auditoria CONSUMER] attempt=1 redelivered=false name=process type=process link=publish regiones
                  store region_eu [auditoria INTERNAL] outcome=stored
                  ack regiones:region_eu [auditoria CLIENT] name=ack type=settle
            """);
    }

    [BrokerFact]
    public async Task TakesInTheDeadLetterAndItsRedrive()
    {
        await observed.System.FaultsAsync(new { failTipos = (string[])["roto"] });
        var sent = await observed.SendAsync("roto");
        await observed.TraceAsync(TraceIdOf(sent), acks: 3);
        await observed.System.FaultsAsync(new { });

        using var redriven = await observed.System.Consumer.PostAsJsonAsync("/dead-letters/redrive", new { all = true, reason = "handler-failed" });

        Assert.True(redriven.IsSuccessStatusCode);
        await AssertTraceAsync(TraceIdOf(sent), """
            POST /send [producer SERVER]
              publish mensajes [producer PRODUCER] name=publish type=send routing_key=mensajes
                process mensajes [consumer CONSUMER] type=RabbitDemo.Consumer.Faults.PlannedFaultException attempt=1 redelivered=false name=process type=process routing_key=mensajes link=publish mensajes ERROR
                  fail mensajes [consumer INTERNAL]
                  publish mensajes.retry.100 [consumer PRODUCER] name=publish type=send routing_key=mensajes.retry.100
                  ack mensajes [consumer CLIENT] name=ack type=settle routing_key=mensajes
                process mensajes [consumer CONSUMER] type=RabbitDemo.Consumer.Faults.PlannedFaultException attempt=2 redelivered=false name=process type=process routing_key=mensajes link=publish mensajes ERROR
                  fail mensajes [consumer INTERNAL]
                  publish mensajes.dead [consumer PRODUCER] name=publish type=send routing_key=mensajes.dead
                  ack mensajes [consumer CLIENT] name=ack type=settle routing_key=mensajes
                process mensajes.dead [consumer CONSUMER] attempt=1 redelivered=false name=process type=process routing_key=mensajes.dead link=publish mensajes
                  bury mensajes.dead [consumer INTERNAL]
                  ack mensajes.dead [consumer CLIENT] name=ack type=settle routing_key=mensajes.dead
                publish mensajes [consumer PRODUCER] name=publish type=send routing_key=mensajes link=POST /dead-letters/redrive
                process mensajes [consumer CONSUMER] attempt=1 redelivered=false name=process type=process routing_key=mensajes link=publish mensajes
                  store mensajes [consumer INTERNAL] outcome=stored
                  ack mensajes [consumer CLIENT] name=ack type=settle routing_key=mensajes
            """);
    }

    [BrokerFact]
    public async Task SaysWhichAttemptsRanTooLong()
    {
        await observed.System.FaultsAsync(new { hangTipos = (string[])["lento"] });

        var sent = await observed.SendAsync("lento");

        await AssertTraceAsync(TraceIdOf(sent), """
            POST /send [producer SERVER]
              publish mensajes [producer PRODUCER] name=publish type=send routing_key=mensajes
                process mensajes [consumer CONSUMER] type=handler-timed-out attempt=1 redelivered=false name=process type=process routing_key=mensajes link=publish mensajes ERROR
                  fail mensajes [consumer INTERNAL]
                  publish mensajes.retry.100 [consumer PRODUCER] name=publish type=send routing_key=mensajes.retry.100
                  ack mensajes [consumer CLIENT] name=ack type=settle routing_key=mensajes
                process mensajes [consumer CONSUMER] type=handler-timed-out attempt=2 redelivered=false name=process type=process routing_key=mensajes link=publish mensajes ERROR
                  fail mensajes [consumer INTERNAL]
                  publish mensajes.dead [consumer PRODUCER] name=publish type=send routing_key=mensajes.dead
                  ack mensajes [consumer CLIENT] name=ack type=settle routing_key=mensajes
                process mensajes.dead [consumer CONSUMER] attempt=1 redelivered=false name=process type=process routing_key=mensajes.dead link=publish mensajes
                  bury mensajes.dead [consumer INTERNAL]
                  ack mensajes.dead [consumer CLIENT] name=ack type=settle routing_key=mensajes.dead
            """);
    }

    [BrokerFact]
    public async Task SaysThatNoQueueIsBound()
    {
        var refused = await observed.SendAsync("pago", "?exchange=pagos&routingKey=payment.lost", status: 422);

        await AssertTraceAsync(TraceIdOf(refused), """
            POST /send [producer SERVER]
              publish pagos:payment.lost [producer PRODUCER] type=returned name=publish type=send routing_key=payment.lost ERROR
            """);
    }

    [BrokerFact]
    public async Task BeginsWithTheFirstAttemptForAMessageWithoutAContext()
    {
        var traceId = await PublishForeignAsync("""{"id": 1, "tipo": "registro", "payload": {}}""");

        await AssertTraceAsync(traceId, """
            process mensajes [consumer CONSUMER] attempt=1 redelivered=false name=process type=process routing_key=mensajes
              store mensajes [consumer INTERNAL] outcome=stored
              ack mensajes [consumer CLIENT] name=ack type=settle routing_key=mensajes
            """);
    }

    [BrokerFact]
    public async Task SaysThatAMessageWasUnreadable()
    {
        var traceId = await PublishForeignAsync("no event");

        await AssertTraceAsync(traceId, """
            process mensajes [consumer CONSUMER] type=unreadable attempt=1 redelivered=false name=process type=process routing_key=mensajes ERROR
              publish mensajes.dead [consumer PRODUCER] name=publish type=send routing_key=mensajes.dead
                process mensajes.dead [consumer CONSUMER] attempt=1 redelivered=false name=process type=process routing_key=mensajes.dead link=publish mensajes.dead
                  bury mensajes.dead [consumer INTERNAL]
                  ack mensajes.dead [consumer CLIENT] name=ack type=settle routing_key=mensajes.dead
              ack mensajes [consumer CLIENT] name=ack type=settle routing_key=mensajes
            """);
    }

    private static string TraceIdOf(JsonElement answer) => answer.GetProperty("traceId").GetString() ?? "";

    /// <summary>Spans come in batches, from several processes: waits until they make up the expected picture.</summary>
    private async Task AssertTraceAsync(string traceId, string expected)
    {
        var drawn = await observed.DrawnAsync(traceId, expected.ReplaceLineEndings());
        Assert.True(expected.ReplaceLineEndings() == drawn, drawn);
    }

    /// <summary>As another language's client would, with nothing but an id; the trace that its delivery begins.</summary>
    private async Task<string> PublishForeignAsync(string body)
    {
        var id = Guid.NewGuid().ToString();
        await using (var connection = await observed.VirtualHost.ConnectAsync(CancellationToken.None))
        await using (var channel = await connection.CreateChannelAsync(new(true, true)))
            await channel.BasicPublishAsync("", "mensajes", true, new BasicProperties { MessageId = id }, Encoding.UTF8.GetBytes(body));

        var span = await Eventually.GetAsync("a span of the message", TimeSpan.FromSeconds(20), () => Task.FromResult(
            observed.Receiver.Spans.FirstOrDefault(s => s.Attributes.GetValueOrDefault("messaging.message.id") == id)), s => s is not null);
        return span?.TraceId ?? "";
    }
}
