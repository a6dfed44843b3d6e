using Aspire.Hosting.Testing;
using RabbitDemo.Tests.AppHost;

namespace RabbitDemo.Tests.Docs;

[Collection(AppHostCollection.Name)]
public sealed class AmqpPageRunTests : IDisposable
{
    /// <summary>Handling takes 10 s on <c>mensajes</c>, so that there is something to see.</summary>
    private static readonly TimeSpan AnsweredWithin = TimeSpan.FromSeconds(30);

    private static readonly Dictionary<int, string> Services = new()
    {
        [8000] = "producer",
        [8001] = "consumer",
        [8002] = "usuarios",
        [8003] = "pedidos",
        [8004] = "auditoria"
    };

    private readonly TemporaryDirectory data = new();

    [InstalledServerFact]
    public async Task EveryExampleAnswersWhatThePageShows()
    {
        var page = DocPage.Read("amqp.md");
        await using var system = await RunningAppHost.StartAsync(data, ["--Broker=process", .. page.Settings]);
        foreach (var service in Services.Values)
            await system.HealthyAsync(service);

        using var client = new HttpClient();
        foreach (var example in page.Examples)
        {
            var server = system.Application.GetEndpoint(Services[example.Request.Address.Port]);
            await Eventually.GetAsync(
                $"line {example.Line} answers as shown",
                // What is sent is not sent again: an event that is stored a moment later is asked for until it is there.
                example.Request.Method == HttpMethod.Get ? AnsweredWithin : TimeSpan.Zero,
                () => DifferenceAsync(client, server, example),
                difference => difference is null);
        }
    }

    public void Dispose() => data.Dispose();

    private static async Task<string?> DifferenceAsync(HttpClient client, Uri server, DocExample example)
    {
        using var request = example.Request.ToRequest(server);
        using var response = await client.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        if ((int)response.StatusCode != example.Status)
            return $"{(int)response.StatusCode}: {body}";

        return example.Answer.ValueKind == System.Text.Json.JsonValueKind.Undefined
            ? null
            : JsonExpectation.Differs(example.Answer, System.Text.Json.JsonElement.Parse(body));
    }
}
