using System.Net;
using System.Text;
using RabbitDemo.Tests.Consumer;
using RabbitDemo.Tests.Producer;

namespace RabbitDemo.Tests.ServiceDefaults;

/// <summary>A parameter that an endpoint does not have is a misspelt one that it has: what was asked for is something else.</summary>
public sealed class QueryTests
{
    [Fact]
    public async Task OfTheProducerTakesNoParameterThatThereIsNoneOf()
    {
        using var outbox = new OutboxUnderTest();
        await using var producer = await outbox.StartAsync();

        await AssertRefusesAsync(producer.Client);
    }

    [Fact]
    public async Task OfAConsumerTakesNoParameterThatThereIsNoneOf()
    {
        await using var consumer = await ConsumerUnderTest.StartAsync();

        await AssertRefusesAsync(consumer.Client);
    }

    [Theory]
    [InlineData("/dead-letters?all=true&queu=logs_alertas", "There is no query parameter queu here, only id, all, queue, reason.")]
    [InlineData("/dead-letters?All=true&Quue=a&Raeson=b", "There is no query parameter Quue here, only id, all, queue, reason.")]
    public async Task SaysWhichParametersThereAre(string path, string line)
    {
        await using var consumer = await ConsumerUnderTest.StartAsync();

        var response = await consumer.Client.DeleteAsync(path);

        var problem = await ProblemAssert.IsProblemAsync(HttpStatusCode.BadRequest, response);
        Assert.Equal(line, problem.GetProperty("errors").EnumerateObject().First().Value.EnumerateArray().Single().GetString());
    }

    [Fact]
    public async Task SaysThatThereIsNone()
    {
        await using var consumer = await ConsumerUnderTest.StartAsync();

        var problem = await ProblemAssert.IsProblemAsync(HttpStatusCode.BadRequest, await consumer.Client.GetAsync("/ledger?queue=mensajes"));

        Assert.Equal("There is no query parameter queue here, nor any other.", problem.GetProperty("errors").GetProperty("queue")[0].GetString());
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/alive")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/scalar/")]
    public async Task OfWhatEveryServiceHasIsNotLookedAt(string path)
    {
        await using var producer = await ProducerUnderTest.StartAsync();

        using var without = await producer.Client.GetAsync(path);
        using var with = await producer.Client.GetAsync($"{path}?nobody=1");

        Assert.Equal(without.StatusCode, with.StatusCode);
    }

    private static async Task AssertRefusesAsync(HttpClient service)
    {
        var operations = await Operations.ReadAsync(service);
        Assert.NotEmpty(operations);
        foreach (var operation in operations)
        {
            using var request = new HttpRequestMessage(operation.Method, $"{operation.Address}?nobody=1");
            if (operation.Method == HttpMethod.Post || operation.Method == HttpMethod.Put)
                request.Content = new StringContent("{}", Encoding.UTF8, "application/json");

            using var response = await service.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

            Assert.True(response.StatusCode == HttpStatusCode.BadRequest, $"{operation} answers {(int)response.StatusCode}");
            Assert.Equal(["nobody"], (await ProblemAssert.IsProblemAsync(HttpStatusCode.BadRequest, response)).Members());
        }
    }
}
