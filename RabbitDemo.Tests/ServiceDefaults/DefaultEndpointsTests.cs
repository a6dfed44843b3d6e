using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using RabbitDemo.Tests.Producer;

namespace RabbitDemo.Tests.ServiceDefaults;

public sealed class DefaultEndpointsTests
{
    [Fact]
    public async Task SaysOneWordAboutHealthOutsideDevelopment()
    {
        await using var producer = await ProducerUnderTest.StartAsync(settings: "environment=Production");

        var health = await producer.Client.GetAsync("/health");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);
        Assert.Equal("Unhealthy", await health.Content.ReadAsStringAsync());
        Assert.Equal("Healthy", await producer.Client.GetStringAsync("/alive"));
    }

    [Fact]
    public async Task SaysWhyItIsNotReadyInDevelopment()
    {
        await using var producer = await ProducerUnderTest.StartAsync(settings: "environment=Development");

        var health = await (await producer.Client.GetAsync("/health")).Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal("Unhealthy", health.GetProperty("status").GetString());
        Assert.Contains("Cannot publish", health.GetProperty("checks").GetProperty("publisher").GetProperty("reason").GetString());
        Assert.DoesNotContain("never-shown", health.GetRawText());
    }

    [Theory]
    [InlineData("Development", "localhost", HttpStatusCode.OK)]
    [InlineData("Development", "127.0.0.1:8000", HttpStatusCode.OK)]
    [InlineData("Development", "[::1]:8000", HttpStatusCode.OK)]
    [InlineData("Development", "producer.dev.localhost:8000", HttpStatusCode.OK)]
    [InlineData("Development", "leads-here.example", HttpStatusCode.BadRequest)]
    [InlineData("Development", "localhost.example", HttpStatusCode.BadRequest)]
    [InlineData("Production", "events.example", HttpStatusCode.OK)]
    public async Task AnswersToLocalNamesOnlyInDevelopment(string environment, string host, HttpStatusCode status)
    {
        await using var producer = await ProducerUnderTest.StartAsync(settings: $"environment={environment}");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/alive") { Headers = { Host = host } };

        using var answer = await producer.Client.SendAsync(request);

        Assert.Equal(status, answer.StatusCode);
    }

    [Theory]
    [InlineData("Development")]
    [InlineData("Production")]
    public async Task DescribesItsEndpoints(string environment)
    {
        await using var producer = await ProducerUnderTest.StartAsync(settings: $"environment={environment}");

        var document = await producer.Client.GetFromJsonAsync<JsonElement>("/openapi/v1.json");
        var answer = await producer.Client.GetAsync("/scalar/");
        var page = await answer.Content.ReadAsStringAsync();

        var send = document.GetProperty("paths").GetProperty("/send").GetProperty("post");
        Assert.Equal(
            ["202", "400", "401", "404", "409", "413", "415", "422", "503"],
            send.GetProperty("responses").EnumerateObject().Select(r => r.Name).Order());
        Assert.EndsWith("/Evento", send.GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("schema").GetProperty("$ref").GetString());
        Assert.DoesNotContain("://", page);
        Assert.StartsWith("default-src 'self'", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")));
    }
}
