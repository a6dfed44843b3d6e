using System.Net;
using System.Text;
using RabbitDemo.Tests.Consumer;
using RabbitDemo.Tests.Producer;

namespace RabbitDemo.Tests.ServiceDefaults;

/// <summary>What the framework cannot read is told to the client in the endpoint's terms, not in those of its handler.</summary>
public sealed class UnreadableRequestTests
{
    private const string Redrive = "it must be a JSON object with any of ids, count, all, queue, reason.";
    private const string Retry = "it must be a JSON object with any of ids, all.";
    private const string Route = "it must be a JSON object with any of exchange, routingKey, headers.";

    [Theory]
    [InlineData("GET", "/messages?limit=x", null, "limit is x: it must be a whole number of 32 bits.")]
    [InlineData("GET", "/messages?limit=99999999999", null, "limit is 99999999999: it must be a whole number of 32 bits.")]
    [InlineData("GET", "/messages?limit=1&limit=2", null, "limit is 1,2: it must be a whole number of 32 bits.")]
    [InlineData("GET", "/messages?after=x&limit=1", null, "after is x: it must be a whole number of 64 bits.")]
    [InlineData("GET", "/messages/search?id=1.5", null, "id is 1.5: it must be a whole number of 64 bits.")]
    [InlineData("GET", "/dead-letters?limit=0x1", null, "limit is 0x1: it must be a whole number of 32 bits.")]
    [InlineData("DELETE", "/dead-letters?id=1&id=x", null, "id is x: it must be a whole number of 64 bits.")]
    [InlineData("DELETE", "/dead-letters?all=yes", null, "all is yes: it must be true or false.")]
    [InlineData("POST", "/ledger/audit?atBroker=all", "[]", "atBroker is all: it must be a whole number of 64 bits.")]
    [InlineData("POST", "/dead-letters/redrive", "", $"The body is empty: {Redrive}")]
    [InlineData("POST", "/dead-letters/redrive", "null", $"The body is null: {Redrive}")]
    [InlineData("POST", "/dead-letters/redrive", "[]", $"The body is not what this endpoint takes: {Redrive}")]
    [InlineData("POST", "/dead-letters/redrive", " ", $"The body is not what this endpoint takes: {Redrive}")]
    public async Task OfAConsumerIsDescribedInOneLine(string method, string address, string? body, string line)
    {
        await using var consumer = await ConsumerUnderTest.StartAsync();

        Assert.Equal(line, await AskAsync(consumer.Client, method, address, body));
    }

    [Theory]
    [InlineData("GET", "/outbox/parked?limit=x", null, "limit is x: it must be a whole number of 32 bits.")]
    [InlineData("GET", "/outbox/parked?after=", null, "after is empty: it must be a whole number of 64 bits.")]
    [InlineData("DELETE", "/outbox/parked?id=x", null, "id is x: it must be a whole number of 64 bits.")]
    [InlineData("POST", "/outbox/parked/retry", "", $"The body is empty: {Retry}")]
    [InlineData("POST", "/outbox/parked/retry", "null", $"The body is null: {Retry}")]
    [InlineData("POST", "/topology/route", "", $"The body is empty: {Route}")]
    public async Task OfTheProducerIsDescribedInOneLine(string method, string address, string? body, string line)
    {
        using var outbox = new OutboxUnderTest();
        await using var producer = await outbox.StartAsync();

        Assert.Equal(line, await AskAsync(producer.Client, method, address, body));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    public async Task PlanOfFaultsIsDescribedWithAllThatItMayHave(string body)
    {
        await using var consumer = await ConsumerUnderTest.StartAsync();

        var line = await AskAsync(consumer.Client, "PUT", "/faults", body);

        Assert.StartsWith($"The body is {(body.Length == 0 ? "empty" : body)}: it must be a JSON object with any of ", line, StringComparison.Ordinal);
        Assert.Contains("failNext", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HeaderIsDescribedAsAParameterIs()
    {
        await using var consumer = await ConsumerUnderTest.StartAsync();

        var line = await AskAsync(consumer.Client, "GET", "/messages/stream", null, ("Last-Event-ID", "x"));

        Assert.Equal("Last-Event-ID is x: it must be a whole number of 64 bits.", line);
    }

    [Fact]
    public async Task LongValueIsCut()
    {
        await using var consumer = await ConsumerUnderTest.StartAsync();

        var line = await AskAsync(consumer.Client, "GET", $"/messages?after={new string('x', 4000)}", null);

        Assert.Equal($"after is {new string('x', 64)}…: it must be a whole number of 64 bits.", line);
    }

    private static async Task<string?> AskAsync(HttpClient service, string method, string address, string? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Parse(method), address)
        {
            Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json")
        };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);

        using var response = await service.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        return (await ProblemAssert.IsProblemAsync(HttpStatusCode.BadRequest, response)).GetProperty("detail").GetString();
    }
}
