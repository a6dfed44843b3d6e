using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Aspire.Hosting.Testing;
using RabbitDemo.Tests.AppHost;
using RabbitDemo.Tests.Brokers;

namespace RabbitDemo.Tests.EndToEnd;

/// <summary>A broker on which somebody declared a queue and an exchange otherwise than this system does.</summary>
[Collection(BrokerCollection.Name)]
public sealed class DifferingEntityTests(TestBroker broker) : IDisposable
{
    private readonly TemporaryDirectory data = new();

    public void Dispose() => data.Dispose();

    [BrokerFact]
    public async Task NamesTheArgumentThatDiffersAndGoesOnWithTheRest()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using (var connection = await virtualHost.ConnectAsync(CancellationToken.None))
        await using (var channel = await connection.CreateChannelAsync())
        {
            await channel.QueueDeclareAsync("logs_archivo", durable: true, exclusive: false, autoDelete: false,
                new Dictionary<string, object?> { ["x-single-active-consumer"] = true });
            await channel.ExchangeDeclareAsync("pagos", "topic", durable: true, autoDelete: false);
        }

        await using var system = await RunningSystem.StartAsync(
            data, "--Broker=external", $"--ConnectionStrings:rabbitmq={virtualHost.Amqp}", "--RabbitDemo:Handling:Delay=00:00:00");
        await system.HealthyAsync("producer", "consumer");
        using var auditoria = system.Application.CreateHttpClient("auditoria");
        var (status, reason) = await Eventually.GetAsync("auditoria says which queue differs", RunningSystem.Soon,
            () => HealthAsync(auditoria), health => health.Reason.Contains("logs_archivo", StringComparison.Ordinal));
        using var sent = await system.SendAsync("""{"id": 1, "tipo": "aviso", "payload": {}}""", "?exchange=logs");
        await Eventually.TrueAsync("its other queue is read", RunningSystem.Soon, async () =>
            (await auditoria.GetFromJsonAsync<JsonElement[]>("/messages") ?? []).Any(m => m.GetProperty("queue").GetString() == "logs_alertas"));
        var producer = await HealthAsync(system.Producer);
        var consumer = await HealthAsync(system.Consumer);

        Assert.Equal(HttpStatusCode.Accepted, sent.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("x-single-active-consumer", reason, StringComparison.Ordinal);
        Assert.Contains("To migrate", reason, StringComparison.Ordinal);
        Assert.All([producer, consumer], other =>
        {
            Assert.Equal(HttpStatusCode.OK, other.Status);
            Assert.Contains("Degraded", other.Reason, StringComparison.Ordinal);
            Assert.Contains("'pagos'", other.Reason, StringComparison.Ordinal);
            Assert.Contains("'type'", other.Reason, StringComparison.Ordinal);
        });
    }

    private static async Task<(HttpStatusCode Status, string Reason)> HealthAsync(HttpClient service)
    {
        using var response = await service.GetAsync("/health");
        var checks = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        return (response.StatusCode, string.Join('\n', checks.GetProperty("checks").EnumerateObject()
            .Select(c => $"{c.Name}: {c.Value.GetProperty("status")} {c.Value.GetProperty("reason")}")));
    }
}
