using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using RabbitDemo.Messaging;
using RabbitDemo.Producer.Status;

namespace RabbitDemo.Tests.Producer;

public sealed class StatusTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20); // the producer gives a consumer 2 s

    [Fact]
    public async Task SaysForEachQueueWhatItsConsumerKnows()
    {
        await using var consumer = await ConsumerAsync(new("mensajes", MessageState.Stored));
        await using var auditoria = await ConsumerAsync(new("logs_archivo", MessageState.Dead));
        await using var producer = await ProducerUnderTest.StartAsync(
            settings: [$"services:consumer:http:0={consumer.Urls.Single()}", $"services:auditoria:http:0={auditoria.Urls.Single()}"]);

        var status = await Eventually.GetAsync("both have answered in time", Soon,
            () => producer.Client.GetFromJsonAsync<JsonElement>("/send/abc"), s => State(s, "mensajes") == "stored" && State(s, "logs_archivo") == "dead");

        Assert.Equal("abc", status.GetProperty("messageId").GetString());
        Assert.Equal("unknown", State(status, "logs_alertas"));
        Assert.False(Queue(status, "logs_alertas").TryGetProperty("reason", out _));
        Assert.Equal("unknown", State(status, "user_events"));
        Assert.Equal("usuarios does not answer.", Queue(status, "user_events").GetProperty("reason").GetString());
    }

    [Fact]
    public async Task AnswersServiceUnavailableWhenAllConsumersAreAway()
    {
        await using var producer = await ProducerUnderTest.StartAsync();

        var response = await producer.Client.GetAsync("/send/abc").WaitAsync(TimeSpan.FromSeconds(10));

        await ProblemAssert.IsProblemAsync(HttpStatusCode.ServiceUnavailable, response);
        Assert.NotNull(response.Headers.RetryAfter);
    }

    /// <summary>So often that a circuit breaker which they shared would have opened.</summary>
    [Fact]
    public async Task PassesTheOthersAnswersOnHoweverOftenOneIsAway()
    {
        await using var consumer = await ConsumerAsync(new("mensajes", MessageState.Stored));
        string[] away = ["services:usuarios:http:0=http://127.0.0.1:1", "services:pedidos:http:0=http://127.0.0.1:1", "services:auditoria:http:0=http://127.0.0.1:1"];
        await using var producer = await ProducerUnderTest.StartAsync(settings: [$"services:consumer:http:0={consumer.Urls.Single()}", .. away]);
        await Task.WhenAll(Enumerable.Range(0, 120).Select(_ => producer.Client.GetAsync("/send/abc")));

        using var response = await producer.Client.GetAsync("/send/abc");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("stored", State(await response.Content.ReadFromJsonAsync<JsonElement>(), "mensajes"));
    }

    [Fact]
    public async Task TakesAConsumerThatMayNotBeAskedForOneThatDoesNotAnswer()
    {
        foreach (var rejection in RejectedCalls.Reasons)
        {
            using var calls = new RejectedCalls(rejection);
            var states = new ConsumerStates(calls, new ConfigurationBuilder().Build(), TimeProvider.System);

            var answer = await states.AskAsync("consumer", "abc", CancellationToken.None);

            Assert.Null(answer.States);
            Assert.Equal("consumer does not answer.", answer.Reason);
        }
    }

    [Fact]
    public async Task PassesTheAdminKeyOn()
    {
        await using var consumer = await ConsumerAsync(new("mensajes", MessageState.Stored), key: "abracadabra");
        await using var producer = await ProducerUnderTest.StartAsync(
            settings: [$"services:consumer:http:0={consumer.Urls.Single()}", "RabbitDemo:AdminKey=abracadabra"]);

        await Eventually.GetAsync("the consumer has answered in time", Soon,
            () => producer.Client.GetFromJsonAsync<JsonElement>("/send/abc"), status => State(status, "mensajes") == "stored");
    }

    private static JsonElement Queue(JsonElement status, string queue) =>
        status.GetProperty("queues").EnumerateArray().Single(q => q.GetProperty("queue").GetString() == queue);

    private static string? State(JsonElement status, string queue) => Queue(status, queue).GetProperty("state").GetString();

    /// <summary>A service that knows the message <c>abc</c>.</summary>
    private static async Task<WebApplication> ConsumerAsync(QueueState state, string? key = null)
    {
        var app = WebApplication.Create(["--urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=None"]);
        app.MapGet("/messages/{id}/state", (string id, HttpRequest request) =>
            key is not null && request.Headers["X-Admin-Key"] != key ? Results.Unauthorized() : Results.Ok(id == "abc" ? [state] : Array.Empty<QueueState>()));
        await app.StartAsync();
        return app;
    }
}
