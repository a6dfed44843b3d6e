using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Aspire.Hosting.Testing;
using RabbitDemo.AppHost;
using RabbitDemo.Tests.AppHost;
using RabbitDemo.Tests.Docs;

namespace RabbitDemo.Tests.Routing;

/// <summary>The running system, with the exchange of the course's table of patterns: <c>user.*</c> to <c>un_nivel</c>, <c>user.#</c> to <c>varios_niveles</c>.</summary>
public sealed class CourseSystem : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan StoredWithin = TimeSpan.FromSeconds(20);
    private static readonly string[] Services = ["producer", "consumer", "usuarios", "pedidos", "auditoria"];

    private readonly TemporaryDirectory data = new();
    private RunningAppHost? system;
    private HttpClient? producer;

    private HttpClient Producer => producer ?? throw new InvalidOperationException("The system has not been started.");

    public async Task InitializeAsync()
    {
        if (ServerInstallation.Find() is null)
            return;

        system = await RunningAppHost.StartAsync(data, ["--Broker=process", "--RabbitDemo:Handling:Delay=00:00:00", .. DocPage.Read("amqp.md").Settings]);
        foreach (var service in Services)
            await system.HealthyAsync(service);

        producer = system.Application.CreateHttpClient("producer");
    }

    /// <summary>Sends one event; a header is <c>name: value</c>.</summary>
    /// <returns>The answer's status and the id that the event was sent under.</returns>
    public async Task<(HttpStatusCode Status, string MessageId, JsonElement Body)> SendAsync(string query, string? header = null)
    {
        var messageId = Guid.NewGuid().ToString();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/send{query}")
        {
            Content = JsonContent.Create(new { id = 1, tipo = "curso", payload = new { } }),
            Headers = { { "Idempotency-Key", messageId } }
        };
        if (header?.Split(": ", 2) is [var name, var value])
            request.Headers.Add(name, value);

        using var response = await Producer.SendAsync(request);
        return (response.StatusCode, messageId, await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    /// <summary>The queues that have stored the message, sorted, once everything that was in any queue when this was called is handled.</summary>
    public async Task<string[]> StoredInAsync(string messageId)
    {
        foreach (var queue in (await StatesAsync(messageId)).Keys)
        {
            // Behind what is in the queue: when this one is stored, whatever was before it is.
            var (_, last, _) = await SendAsync($"?routingKey={queue}");
            await Eventually.TrueAsync($"the last event of {queue} is stored", StoredWithin, async () => (await StatesAsync(last))[queue] == "stored");
        }

        return [.. (await StatesAsync(messageId)).Where(s => s.Value == "stored").Select(s => s.Key).Order(StringComparer.Ordinal)];
    }

    public async Task DisposeAsync()
    {
        if (system is not null)
            await system.DisposeAsync();
    }

    public void Dispose()
    {
        producer?.Dispose();
        data.Dispose();
    }

    /// <summary>Of every queue, as its own service says: one that does not answer in time is asked again.</summary>
    private async Task<Dictionary<string, string?>> StatesAsync(string messageId)
    {
        var queues = await Eventually.GetAsync($"every service tells of {messageId}", StoredWithin,
            async () => (await Producer.GetFromJsonAsync<JsonElement>($"/send/{messageId}")).GetProperty("queues").EnumerateArray().ToArray(),
            all => all.Length > 0 && !all.Any(queue => queue.TryGetProperty("reason", out var reason) && reason.ValueKind is not JsonValueKind.Null));
        return queues.ToDictionary(q => q.GetProperty("queue").GetString() ?? "", q => q.GetProperty("state").GetString());
    }
}
