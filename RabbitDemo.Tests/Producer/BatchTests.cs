using System.Text.Json;
using RabbitDemo.Tests.Brokers;

namespace RabbitDemo.Tests.Producer;

[Collection(SecondBrokerCollection.Name)]
public sealed class BatchTests(TestVirtualHost virtualHost) : IClassFixture<TestVirtualHost>
{
    private const string Lines = "Content-Type: application/x-ndjson";

    [BrokerFact]
    public async Task AnswersEachItemBeforeTheNextIsSent()
    {
        await using var producer = await StartAsync();
        await using var request = await RawRequest.PostAsync(producer.Address, "/send/batch?routingKey=order_events", Lines, "Idempotency-Key: lote");

        for (var i = 0; i < 3; i++)
        {
            await request.WriteChunkAsync(Event(i) + "\n");
            if (i == 0)
                Assert.Equal("HTTP/1.1 200 OK", await request.ReadStatusAsync());

            Assert.Equal($$"""{"index":{{i}},"status":202,"messageId":"lote.{{i}}"}""", await request.ReadJsonLineAsync());
        }

        await request.EndAsync();
        Assert.Null(await request.ReadJsonLineAsync());
    }

    [BrokerFact]
    public async Task AsksForABodyThatItsClientHoldsBackBeforeItAnswers()
    {
        await using var producer = await StartAsync();
        await using var request = await RawRequest.PostAsync(producer.Address, "/send/batch?routingKey=pagos_fallidos", Lines, "Expect: 100-continue", "Idempotency-Key: lote");

        Assert.Equal("HTTP/1.1 100 Continue", await request.ReadStatusAsync());
        await request.WriteChunkAsync(Event(0) + "\n");
        Assert.Equal("HTTP/1.1 200 OK", await request.ReadStatusAsync());
        Assert.Equal("""{"index":0,"status":202,"messageId":"lote.0"}""", await request.ReadJsonLineAsync());
        await request.EndAsync();
        Assert.Null(await request.ReadJsonLineAsync());
    }

    [BrokerFact]
    public async Task SaysThatItStopsThoughTheBodyIsHeldBack()
    {
        await using var producer = await StartAsync();
        await using var request = await RawRequest.PostAsync(producer.Address, "/send/batch", Lines, "Expect: 100-continue");
        await request.ReadStatusAsync();

        var stopping = producer.StopAsync();

        Assert.Equal("HTTP/1.1 200 OK", await request.ReadStatusAsync());
        Assert.Equal(503, Status(JsonDocument.Parse(await request.ReadJsonLineAsync() ?? "").RootElement));
        await request.DisposeAsync();
        await stopping.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [BrokerFact]
    public async Task AnswersABrokenItemAndGoesOn()
    {
        await using var producer = await StartAsync("RabbitDemo:MaxBodyBytes=1024");
        string[] items = [Event(0), "{\"id\":1}", "no", $"\"{new string('x', 2000)}\"", Event(4)];

        var lines = await PostAsync(producer, "application/x-ndjson", string.Join('\n', items));
        var array = await PostAsync(producer, "application/json", $"[{string.Join(',', items)}] fin");

        Assert.Equal([202, 400, 400, 413, 202], lines.Select(Status));
        Assert.Equal([202, 400, 400, 413, 202, 400], array.Select(Status));
        Assert.Equal(Enumerable.Range(0, 6), array.Select(line => line.GetProperty("index").GetInt32()));
        Assert.Equal(["payload", "tipo"], lines[1].GetProperty("problem").Members());
        Assert.Empty(producer.Complaints);
    }

    [BrokerFact]
    public async Task ArrivesInItsOwnOrderThoughSingleEventsTakeTurnsOnChannels()
    {
        const int Count = 900;
        await using var producer = await StartAsync("RabbitDemo:Publisher:Channels=3");

        await PostAsync(producer, "application/json", $"[{string.Join(',', Enumerable.Range(0, Count).Select(Event))}]", "?routingKey=auditoria");

        var (ids, _) = await OutboxUnderTest.TakeAsync(virtualHost, "auditoria", Count);
        Assert.Equal(Enumerable.Range(0, Count).Select(id => (long)id), ids);
    }

    [BrokerFact]
    public async Task AnswersMoreThanTheWindowInOrder()
    {
        const int Count = 2_000;
        await using var producer = await StartAsync();

        var answers = await PostAsync(producer, "application/json", $"[{string.Join(',', Enumerable.Range(0, Count).Select(Event))}]", "?routingKey=user_events");

        Assert.All(answers, answer => Assert.Equal(202, Status(answer)));
        Assert.Equal(Enumerable.Range(0, Count), answers.Select(answer => answer.GetProperty("index").GetInt32()));
        Assert.Equal(Count, answers.Select(answer => answer.GetProperty("messageId").GetString()).Distinct().Count());
        Assert.Equal((uint)Count, await CountAsync("user_events"));
    }

    [BrokerFact]
    public async Task AnswersEachReturnedItem()
    {
        await using var producer = await StartAsync();

        var answers = await PostAsync(producer, "application/json", $"[{Event(0)},{Event(1)}]", "?exchange=pagos&routingKey=payment.pending");

        Assert.Equal([422, 422], answers.Select(Status));
    }

    [BrokerFact]
    public async Task StopsWhenItsClientHangsUp()
    {
        await using var producer = await StartAsync();
        await using var request = await RawRequest.PostAsync(producer.Address, "/send/batch?routingKey=region_eu", Lines);
        await request.WriteChunkAsync(Event(0) + "\n" + Event(1)[..10]);
        await request.ReadStatusAsync();
        await request.ReadJsonLineAsync();

        request.HangUp();

        await producer.StopAsync().WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Empty(producer.Complaints);
        Assert.Equal(1u, await CountAsync("region_eu"));
    }

    [BrokerFact]
    public async Task SaysWhereItStoppedReadingWhenTheProducerStops()
    {
        await using var producer = await StartAsync();
        await using var request = await RawRequest.PostAsync(producer.Address, "/send/batch", Lines);
        await request.WriteChunkAsync(Event(0) + "\n");
        await request.ReadStatusAsync();
        await request.ReadJsonLineAsync();

        var stopping = producer.StopAsync();

        var last = JsonDocument.Parse(await request.ReadJsonLineAsync() ?? "").RootElement;
        Assert.Equal((1, 503), (last.GetProperty("index").GetInt32(), Status(last)));
        Assert.Null(await request.ReadJsonLineAsync());
        await request.DisposeAsync();
        await stopping.WaitAsync(TimeSpan.FromSeconds(10));
    }

    private static string Event(int id) => $$$"""{"id":{{{id}}},"tipo":"lote","payload":{"n":{{{id}}}}}""";

    private static int Status(JsonElement answer) => answer.GetProperty("status").GetInt32();

    private static async Task<List<JsonElement>> PostAsync(ProducerUnderTest producer, string type, string body, string query = "")
    {
        using var content = new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue(type));
        using var response = await producer.Client.PostAsync("/send/batch" + query, content);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        Assert.Equal("application/x-ndjson", response.Content.Headers.ContentType?.MediaType);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    /// <summary>At once: a 202 says that it is there.</summary>
    private async Task<uint> CountAsync(string queue)
    {
        await using var connection = await virtualHost.ConnectAsync(CancellationToken.None);
        await using var channel = await connection.CreateChannelAsync();
        return await channel.MessageCountAsync(queue);
    }

    private async Task<ProducerUnderTest> StartAsync(params string[] settings)
    {
        var producer = await ProducerUnderTest.StartAsync(virtualHost.Amqp.ToString(), settings);
        await producer.ReadyAsync();
        return producer;
    }
}
