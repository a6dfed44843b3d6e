using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using RabbitDemo.Tests.Brokers;
using RabbitMQ.Client;

namespace RabbitDemo.Tests.Producer;

[Collection(SecondBrokerCollection.Name)]
public sealed class SendTests(TestVirtualHost virtualHost) : IClassFixture<TestVirtualHost>
{
    private const string Event = """{ "id": 1, "tipo": "registro", "payload": { "usuario": "admin", "n": 1.50 } }""";

    [BrokerFact]
    public async Task PutsTheEventInMensajesBeforeItAnswers()
    {
        await using var producer = await StartAsync();

        var response = await SendAsync(producer);

        var receipt = await AcceptedAsync(response);
        var id = receipt.GetProperty("messageId").GetString();
        Assert.Equal(7, Guid.Parse(id ?? "").Version);
        Assert.Equal($"/send/{id}", response.Headers.Location?.OriginalString);
        Assert.Equal(("", "mensajes"), (receipt.GetProperty("exchange").GetString(), receipt.GetProperty("routingKey").GetString()));
        var message = await GetAsync("mensajes");
        Assert.Equal("""{"id":1,"tipo":"registro","payload":{"usuario":"admin","n":1.50}}""", Encoding.UTF8.GetString(message.Body.Span));
        Assert.Equal((id, "registro", "application/json"), (message.BasicProperties.MessageId, message.BasicProperties.Type, message.BasicProperties.ContentType));
        Assert.True(message.BasicProperties.Persistent);
    }

    [BrokerFact]
    public async Task CarriesItsTraceInTheMessage()
    {
        await using var producer = await StartAsync();

        var response = await SendAsync(producer, "?routingKey=order_events", ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));

        var traceId = (await AcceptedAsync(response)).GetProperty("traceId").GetString();
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", traceId);
        Assert.StartsWith($"00-{traceId}-", Header(await GetAsync("order_events"), "traceparent"));
    }

    [BrokerFact]
    public async Task TakesTheClientsKeyForTheMessageId()
    {
        await using var producer = await StartAsync();

        var response = await SendAsync(producer, "?routingKey=logs_alertas", ("Idempotency-Key", "pedido-42_a.b~c"));

        Assert.Equal("pedido-42_a.b~c", (await AcceptedAsync(response)).GetProperty("messageId").GetString());
        Assert.Equal("pedido-42_a.b~c", (await GetAsync("logs_alertas")).BasicProperties.MessageId);
    }

    [BrokerFact]
    public async Task MakesMessageHeadersOfRequestHeaders()
    {
        await using var producer = await StartAsync();

        var response = await SendAsync(producer, "?exchange=regiones", ("X-Amqp-REGION", "EU"), ("X-Amqp-Nota", "a; <b>"));

        await AcceptedAsync(response);
        var message = await GetAsync("region_eu");
        Assert.Equal(("EU", "a; <b>"), (Header(message, "region"), Header(message, "nota")));
        await using var connection = await virtualHost.ConnectAsync(CancellationToken.None);
        await using var channel = await connection.CreateChannelAsync();
        Assert.Null(await channel.BasicGetAsync("region_us", true));
    }

    [BrokerFact]
    public async Task RoutesThroughAnExchange()
    {
        await using var producer = await StartAsync();

        var response = await SendAsync(producer, "?exchange=mi_exchange&routingKey=user.created");

        var receipt = await AcceptedAsync(response);
        Assert.Equal(("mi_exchange", "user.created"), (receipt.GetProperty("exchange").GetString(), receipt.GetProperty("routingKey").GetString()));
        Assert.Equal("user.created", (await GetAsync("user_events")).RoutingKey);
        Assert.Equal("user.created", (await GetAsync("auditoria")).RoutingKey);
    }

    [BrokerFact]
    public async Task NamesExchangeAndKeyThatNoQueueIsBoundFor()
    {
        await using var producer = await StartAsync();

        var response = await SendAsync(producer, "?exchange=pagos&routingKey=payment.pending");

        var problem = await ProblemAssert.IsProblemAsync(HttpStatusCode.UnprocessableEntity, response);
        Assert.Equal(("pagos", "payment.pending"), (problem.GetProperty("exchange").GetString(), problem.GetProperty("routingKey").GetString()));
        Assert.Empty(producer.Complaints);
    }

    [Fact]
    public async Task AnswersServiceUnavailableWhenTheBrokerIsAway()
    {
        await using var producer = await ProducerUnderTest.StartAsync();

        var response = await SendAsync(producer, "", ("Idempotency-Key", "otra-vez"));

        var problem = await ProblemAssert.IsProblemAsync(HttpStatusCode.ServiceUnavailable, response);
        Assert.Equal(TimeSpan.FromSeconds(2), response.Headers.RetryAfter?.Delta);
        Assert.Equal("otra-vez", problem.GetProperty("messageId").GetString());
        Assert.Contains("Idempotency-Key: otra-vez", problem.GetProperty("detail").GetString());
        Assert.Equal(HttpStatusCode.OK, (await producer.Client.GetAsync("/alive")).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await producer.Client.GetAsync("/health")).StatusCode);
        Assert.Empty(producer.Complaints);
    }

    [Fact]
    public async Task AsksForTheSendKeyWhereThereIsOne()
    {
        await using var producer = await ProducerUnderTest.StartAsync(settings: "RabbitDemo:SendKey=abracadabra");

        await ProblemAssert.IsProblemAsync(HttpStatusCode.Unauthorized, await SendAsync(producer));
        await ProblemAssert.IsProblemAsync(HttpStatusCode.Unauthorized, await SendAsync(producer, "/batch", ("X-Send-Key", "abracadabrA")));
        await ProblemAssert.IsProblemAsync(HttpStatusCode.ServiceUnavailable, await SendAsync(producer, "", ("X-Send-Key", "abracadabra")));
    }

    private static async Task<HttpResponseMessage> SendAsync(ProducerUnderTest producer, string query = "", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/send" + query)
        {
            Content = new StringContent(Event, new MediaTypeHeaderValue("application/json"))
        };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await producer.Client.SendAsync(request);
    }

    private static async Task<JsonElement> AcceptedAsync(HttpResponseMessage response)
    {
        Assert.True(response.StatusCode == HttpStatusCode.Accepted, await response.Content.ReadAsStringAsync());
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static string Header(BasicGetResult message, string name) =>
        message.BasicProperties.Headers?[name] is byte[] bytes ? Encoding.UTF8.GetString(bytes) : "";

    /// <summary>At once: a 202 says that it is there.</summary>
    private async Task<BasicGetResult> GetAsync(string queue)
    {
        await using var connection = await virtualHost.ConnectAsync(CancellationToken.None);
        await using var channel = await connection.CreateChannelAsync();
        return await channel.BasicGetAsync(queue, autoAck: true) ?? throw new InvalidOperationException($"Nothing is in {queue}.");
    }

    private async Task<ProducerUnderTest> StartAsync()
    {
        var producer = await ProducerUnderTest.StartAsync(virtualHost.Amqp.ToString());
        await producer.ReadyAsync();
        return producer;
    }
}
