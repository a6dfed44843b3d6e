using System.Net.Http.Headers;
using System.Text.Json;
using RabbitDemo.Tests.AppHost;
using RabbitDemo.Tests.Brokers;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace RabbitDemo.Tests.Producer;

/// <summary>Producers that keep their outboxes in one directory, one after the other or at the same time.</summary>
internal sealed class OutboxUnderTest : IDisposable
{
    private readonly TemporaryDirectory data = new();

    public string Path => System.IO.Path.Combine(data.Path, "outbox.db");

    /// <summary>The file of the process that came first.</summary>
    public string FirstFile => System.IO.Path.Combine(data.Path, "outbox.0.db");

    public Task<ProducerUnderTest> StartAsync(string broker = ProducerUnderTest.NoBroker, params string[] settings) =>
        ProducerUnderTest.StartAsync(broker, ["RabbitDemo:Delivery=Outbox", $"RabbitDemo:Outbox:Path={Path}", "environment=Development", .. settings]);

    public void Dispose() => data.Dispose();

    public static string Event(long id, string tipo = "registro") => $$$"""{"id":{{{id}}},"tipo":"{{{tipo}}}","payload":{}}""";

    public static async Task<HttpResponseMessage> SendAsync(
        ProducerUnderTest producer, long id, string query = "", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/send" + query)
        {
            Content = new StringContent(Event(id), new MediaTypeHeaderValue("application/json"))
        };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);

        return await producer.Client.SendAsync(request);
    }

    /// <summary>Sends events with these numbers, in order, a part at a time; each must be accepted.</summary>
    public static async Task AcceptAllAsync(ProducerUnderTest producer, int from, int count, string query = "")
    {
        foreach (var part in Enumerable.Range(from, count).Chunk(2_000))
        {
            using var body = new StringContent(string.Join('\n', part.Select(id => Event(id))), new MediaTypeHeaderValue("application/x-ndjson"));
            using var response = await producer.Client.PostAsync("/send/batch" + query, body);
            var answers = (await response.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(part.Length, answers.Length);
            Assert.All(answers, answer => Assert.Contains("\"status\":202", answer, StringComparison.Ordinal));
        }
    }

    /// <summary>What <c>/health</c> says of the outbox: its status, then the reason.</summary>
    public static async Task<string> HealthAsync(ProducerUnderTest producer)
    {
        using var response = await producer.Client.GetAsync("/health");
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        var check = body.RootElement.GetProperty("checks").GetProperty("outbox");
        return $"{(int)response.StatusCode} {check.GetProperty("status").GetString()}: {check.GetProperty("reason").GetString()}";
    }

    /// <summary>How many events wait to be published.</summary>
    public static async Task<long> WaitingAsync(ProducerUnderTest producer) =>
        long.TryParse((await HealthAsync(producer)).Split(": ", 2)[1].Split(' ')[0], out var waiting) ? waiting : 0;

    /// <summary>Waits until the broker has confirmed all that waited.</summary>
    public static Task<string> EmptyAsync(ProducerUnderTest producer, TimeSpan? within = null) =>
        Eventually.GetAsync("the outbox is empty", within ?? TimeSpan.FromSeconds(20), () => HealthAsync(producer), health => health.Contains("no event waits", StringComparison.Ordinal));

    /// <summary>The numbers of the events in a queue in the order of their first arrival, until there are so many.</summary>
    /// <param name="virtualHost">Of the queue.</param>
    /// <param name="queue">Declared if need be.</param>
    /// <param name="count">How many to wait for.</param>
    /// <param name="within">20 s if not said.</param>
    /// <param name="arrived">Told at each first arrival how many there have been.</param>
    public static async Task<(List<long> Ids, int Copies)> TakeAsync(
        TestVirtualHost virtualHost, string queue, int count, TimeSpan? within = null, Action<int>? arrived = null)
    {
        await using var connection = await virtualHost.ConnectAsync(CancellationToken.None);
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
        await channel.BasicQosAsync(0, 1_000, false);
        var consumer = new AsyncEventingBasicConsumer(channel);
        var seen = new HashSet<long>();
        var first = new List<long>();
        var copies = 0;
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            lock (first)
            {
                var id = JsonDocument.Parse(delivery.Body).RootElement.GetProperty("id").GetInt64();
                if (!seen.Add(id))
                {
                    copies++;
                }
                else
                {
                    first.Add(id);
                    arrived?.Invoke(first.Count);
                }
            }

            await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false);
        };
        await channel.BasicConsumeAsync(queue, autoAck: false, consumer);
        await Eventually.GetAsync($"{count} events are in {queue}", within ?? TimeSpan.FromSeconds(20), () => Task.FromResult(Count()), seen => seen >= count);
        lock (first)
            return ([.. first], copies);

        int Count()
        {
            lock (first)
                return first.Count;
        }
    }
}
