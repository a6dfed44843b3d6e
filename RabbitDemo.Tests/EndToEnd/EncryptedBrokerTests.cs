using System.Net;
using System.Net.Http.Json;
using System.Text;
using RabbitDemo.Consumer;
using RabbitDemo.Producer;
using RabbitDemo.Tests.Brokers;
using RabbitDemo.Tests.Chaos;

namespace RabbitDemo.Tests.EndToEnd;

/// <summary>A broker behind TLS: the services are given an <c>amqps</c> address, and no AppHost.</summary>
[Collection(BrokerCollection.Name)]
public sealed class EncryptedBrokerTests(TestBroker broker)
{
    private const int Events = 1_000;

    [BrokerFact]
    public async Task StoresEachEventOnceThoughTheConsumerIsKilled()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        using var front = new TlsFront(virtualHost.Amqp, "localhost");
        await using var producer = new StandaloneService(typeof(ProducerApp), front.Amqps, front.Certificate);
        await using var consumer = new StandaloneService(typeof(ConsumerApp), front.Amqps, front.Certificate)
            .With("RabbitDemo__Handling__Delay", "00:00:00.005").With("RabbitDemo__Receiver__Prefetch", "20");
        await producer.StartAsync();
        await consumer.StartAsync();
        await producer.HealthyAsync();
        await consumer.HealthyAsync();
        using var books = new ConsumerClient(consumer.Http.BaseAddress!);
        var witness = new Witness(books);

        using var lines = new StringContent(
            string.Concat(Enumerable.Range(1, Events).Select(i => $$$"""{"id":{{{i}}},"tipo":"registro","payload":{}}""" + "\n")), Encoding.UTF8, "application/x-ndjson");
        using var answered = await producer.Http.PostAsync("/send/batch", lines);
        var answers = (await answered.Content.ReadAsStringAsync()).TrimEnd().Split('\n');
        await StoredAsync(Events / 5);
        await books.SetFaultsAsync(new { delayMilliseconds = new Dictionary<string, int> { [ConsumerClient.Queue] = 5_000 } }); // some are in its hands for sure
        await consumer.KillAsync();
        await consumer.StartAsync();
        await consumer.HealthyAsync();
        await books.SetFaultsAsync(new { });
        await StoredAsync(Events);
        var deliveries = (await books.LedgerAsync()).Process.Deliveries;

        Assert.Equal(Events, answers.Count(answer => answer.Contains("\"status\":202", StringComparison.Ordinal)));
        Assert.Empty(witness.Doubled);
        Assert.InRange(deliveries.Redelivered, 1, 20);

        Task StoredAsync(int count) => Eventually.GetAsync($"{count} are stored", RunningSystem.Soon, async () =>
        {
            await witness.ReadOnAsync();
            return witness.Count;
        }, stored => stored >= count);
    }

    [BrokerTheory]
    [InlineData("localhost", false)]
    [InlineData("elsewhere.example", true)]
    public async Task GivesItsPasswordToNobodyWhoseCertificateItCannotTrust(string host, bool isTrusted)
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        using var front = new TlsFront(virtualHost.Amqp, host);
        await using var producer = new StandaloneService(typeof(ProducerApp), front.Amqps, isTrusted ? front.Certificate : null);
        await producer.StartAsync();
        await producer.UnhealthyAsync("TLS failed");
        using var refused = await producer.Http.PostAsJsonAsync("/send", new { id = 1, tipo = "registro", payload = new { } });
        var log = await producer.LogAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(0, front.Greeted);
        Assert.Contains("TLS failed", log, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", log, StringComparison.Ordinal);
        Assert.DoesNotContain(front.Amqps.UserInfo.Split(':')[1], log, StringComparison.Ordinal);
    }
}
