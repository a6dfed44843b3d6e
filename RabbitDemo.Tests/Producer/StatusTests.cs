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
    [Fact]
    public async Task SaysForEachQueueWhatItsConsumerKnows()
    {
        await using var consumer = await ConsumerAsync(new("mensajes", MessageState.Stored));
        await using var auditoria = await ConsumerAsync(new("logs_archivo", MessageState.Dead));
        await using var producer = await ProducerUnderTest.StartAsync(
            settings: [$"services:consumer:http:0={consumer.Urls.Single()}", $"services:auditoria:http:0={auditoria.Urls.Single()}"]);

        var status = await producer.Client.GetFromJsonAsync<JsonElement>("/send/abc");

        var queues = status.GetProperty("queues").EnumerateArray().ToDictionary(q => q.GetProperty("queue").GetString() ?? "");
        Assert.Equal("abc", status.GetProperty("messageId").GetString());
        Assert.Equal("stored", State("mensajes"));
        Assert.Equal("dead", State("logs_archivo"));
        Assert.Equal("unknown", State("logs_alertas"));
        Assert.False(queues["logs_alertas"].TryGetProperty("reason", out _));
        Assert.Equal("unknown", State("user_events"));
        Assert.Equal("usuarios does not answer.", queues["user_events"].GetProperty("reason").GetString());

        string? State(string queue) => queues[queue].GetProperty("state").GetString();
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
        var queues = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("queues").EnumerateArray();
        Assert.Equal("stored", queues.Single(queue => queue.GetProperty("queue").GetString() == "mensajes").GetProperty("state").GetString());
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

        var response = await producer.Client.GetAsync("/send/abc");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

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
