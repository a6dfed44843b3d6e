using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using RabbitDemo.Producer;

namespace RabbitDemo.Tests.Routing;

/// <summary>The producer without a broker: routes are answered from the topology alone.</summary>
public sealed class RouteEndpointTests : IAsyncLifetime, IDisposable
{
    private readonly WebApplication app = ProducerApp.Build(
        ["--urls=http://127.0.0.1:0", "--environment=Development", "--ConnectionStrings:rabbitmq=amqp://127.0.0.1:1", "--Logging:LogLevel:Default=None"]);

    private readonly HttpClient client = new();

    public async Task InitializeAsync()
    {
        await app.StartAsync();
        client.BaseAddress = new Uri(app.Urls.First());
    }

    [Fact]
    public async Task NamesTheQueuesAndTheReasonOfEachBinding()
    {
        var answer = await AskAsync("""{ "exchange": "mi_exchange", "routingKey": "user.created" }""");

        Assert.Equal(["user_events", "auditoria"], answer.GetProperty("queues").EnumerateArray().Select(q => q.GetString()));
        Assert.Equal(
            [
                "user_events True The pattern fits: * = \"created\".",
                "order_events False Word 1 of the key is \"user\", not \"order\".",
                "auditoria True The pattern fits: # = \"user.created\"."
            ],
            answer.GetProperty("steps").EnumerateArray().Select(s => $"{s.GetProperty("destination")} {s.GetProperty("matched")} {s.GetProperty("reason")}"));
        Assert.All(answer.GetProperty("steps").EnumerateArray(), s => Assert.Equal("binding", s.GetProperty("rule").GetString()));
    }

    [Fact]
    public async Task LooksAtHeaders()
    {
        var answer = await AskAsync("""{ "exchange": "regiones", "headers": { "region": "EU", "retries": 3, "vip": true, "note": null } }""");

        Assert.Equal("region_eu", Assert.Single(answer.GetProperty("queues").EnumerateArray()).GetString());
        Assert.Equal("EU", answer.GetProperty("steps")[0].GetProperty("arguments").GetProperty("region").GetString());
    }

    [Fact]
    public async Task TakesNothingForTheQueueMensajes()
    {
        var answer = await AskAsync("{}");

        Assert.Equal("mensajes", answer.GetProperty("queues")[0].GetString());
    }

    [Theory]
    [InlineData("""{ "exchange": "nada" }""", HttpStatusCode.NotFound, null)]
    [InlineData("""{ "exchange": 5 }""", HttpStatusCode.BadRequest, "exchange")]
    [InlineData("""{ "exchange": "\ud800" }""", HttpStatusCode.BadRequest, "exchange")]
    [InlineData("""{ "routingKey": ["a"] }""", HttpStatusCode.BadRequest, "routingKey")]
    [InlineData("""{ "routing_key": "a" }""", HttpStatusCode.BadRequest, "routing_key")]
    [InlineData("""{ "routingKey": "a", "routingKey": "b" }""", HttpStatusCode.BadRequest, "routingKey")]
    [InlineData("""{ "headers": "EU" }""", HttpStatusCode.BadRequest, "headers")]
    [InlineData("""{ "headers": { "n": 1.5 } }""", HttpStatusCode.BadRequest, "headers.n")]
    [InlineData("""{ "headers": { "CC": "x" } }""", HttpStatusCode.BadRequest, "headers.CC")]
    [InlineData("""{ "headers": { "": "x" } }""", HttpStatusCode.BadRequest, "headers.")]
    [InlineData("""{ "\ud800": 0 }""", HttpStatusCode.BadRequest, "?")]
    [InlineData("""{ "headers": { "\udc00": "x" } }""", HttpStatusCode.BadRequest, "headers.?")]
    [InlineData("[]", HttpStatusCode.BadRequest, "$")]
    [InlineData("{", HttpStatusCode.BadRequest, null)]
    public async Task RefusesAQuestionNamingTheMember(string body, HttpStatusCode status, string? member)
    {
        using var response = await PostAsync(body);

        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        if (member is not null)
            Assert.Equal(member, Assert.Single(problem.GetProperty("errors").EnumerateObject()).Name);
    }

    [Fact]
    public async Task RefusesAKeyOfMoreThan255Bytes()
    {
        using var response = await PostAsync($$"""{ "exchange": "logs", "routingKey": "{{new string('ñ', 128)}}" }""");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Theory]
    [InlineData("""{ "ñ": 0 }""", "?")]
    [InlineData("""{ "headers": { "ñ": 0 } }""", "headers.?")]
    [InlineData("""{ "headers": { "n": "ñ" } }""", "headers.n")]
    [InlineData("""{ "exchange": "ñ" }""", "exchange")]
    public async Task RefusesTextThatIsNotUtf8(string body, string member)
    {
        using var response = await client.PostAsync("/topology/route", new StringContent(body, Encoding.Latin1, new MediaTypeHeaderValue("application/json")));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(member, Assert.Single(problem.GetProperty("errors").EnumerateObject()).Name);
    }

    [Theory]
    [InlineData("""{{{0}}}""")]
    [InlineData("""{{"headers":{{{0}}}}}""")]
    public async Task NamesTheFirstFewProblemsOnly(string form)
    {
        var same = string.Join(',', Enumerable.Repeat("""  "a":[]""", 20_000));
        var different = string.Join(',', Enumerable.Range(0, 20_000).Select(i => $"\"{i}{new string('x', 300)}\":[]").Take(2_000));

        foreach (var members in new[] { same, different })
        {
            using var response = await PostAsync(string.Format(CultureInfo.InvariantCulture, form, members));

            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Equal(16, problem.GetProperty("errors").EnumerateObject().Sum(error => error.Value.GetArrayLength()));
        }
    }

    [Fact]
    public async Task EscapesMarkupAndControlCharacters()
    {
        using var response = await PostAsync("""{ "exchange": "pagos", "routingKey": "<script>\u0007" }""");

        var text = await response.Content.ReadAsStringAsync();
        Assert.DoesNotContain("<script>", text);
        Assert.Contains("\\u003Cscript\\u003E\\u0007", text);
    }

    [Fact]
    public async Task ListsTheTopology()
    {
        var topology = await client.GetFromJsonAsync<JsonElement>("/topology");

        Assert.Equal("topic", topology.GetProperty("exchanges")[0].GetProperty("type").GetString());
        Assert.Equal("mensajes.dead", topology.GetProperty("queues")[0].GetProperty("deadLetterQueue").GetString());
        Assert.Equal("EU", topology.GetProperty("bindings")[7].GetProperty("arguments").GetProperty("region").GetString());
    }

    public async Task DisposeAsync() => await app.DisposeAsync();

    public void Dispose() => client.Dispose();

    private async Task<JsonElement> AskAsync(string body)
    {
        using var response = await PostAsync(body);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    private Task<HttpResponseMessage> PostAsync(string body) =>
        client.PostAsync("/topology/route", new StringContent(body, Encoding.UTF8, "application/json"));
}
