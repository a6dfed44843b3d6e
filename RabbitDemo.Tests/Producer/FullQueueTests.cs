using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using RabbitDemo.Tests.Brokers;

namespace RabbitDemo.Tests.Producer;

/// <summary>A queue is full by a policy of its operator, and says no.</summary>
[Collection(BrokerCollection.Name)]
public sealed class FullQueueTests(TestBroker broker)
{
    [BrokerFact]
    public async Task SaysThatTheEventIsNotStored()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var producer = await StartAsync(virtualHost);

        var (_, detail) = await SendUntilRefusedAsync(producer, "?exchange=&routingKey=logs_archivo");

        Assert.StartsWith("It is not stored: the broker refused the message (basic.nack).", detail);
    }

    [BrokerFact]
    public async Task DoesNotSaySoOfAFanOutThatAnotherQueueHasTaken()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var producer = await StartAsync(virtualHost);

        var (sent, detail) = await SendUntilRefusedAsync(producer, "?exchange=logs");
        var (taken, _) = await OutboxUnderTest.TakeAsync(virtualHost, "logs_alertas", sent);

        Assert.StartsWith("It may or may not be stored: a queue refused the message (basic.nack), and others may have taken it.", detail);
        Assert.Contains(sent, taken);
    }

    [BrokerFact]
    public async Task LeavesTheOthersAlone()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var producer = await StartAsync(virtualHost);
        using var stop = new CancellationTokenSource();
        var others = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var sent = 0;
            for (; !stop.IsCancellationRequested; sent++)
            {
                using var response = await SendAsync(producer, "?exchange=&routingKey=logs_alertas", sent);
                Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
            }

            return sent;
        })).ToArray();

        await Eventually.GetAsync("channels that were refused for long are replaced", TimeSpan.FromSeconds(20), async () =>
        {
            (await SendAsync(producer, "?exchange=&routingKey=logs_archivo", 1)).Dispose();
            return producer.ChannelsReplaced + producer.Reconnects;
        }, replaced => replaced >= 4);
        await stop.CancelAsync();

        var accepted = (await Task.WhenAll(others)).Sum();
        Assert.Equal(0, producer.Reconnects);
        await using var connection = await virtualHost.ConnectAsync(CancellationToken.None);
        await using var channel = await connection.CreateChannelAsync();
        Assert.Equal((uint)accepted, await channel.MessageCountAsync("logs_alertas")); // none was sent a second time
    }

    private static async Task<ProducerUnderTest> StartAsync(TestVirtualHost virtualHost)
    {
        var producer = await ProducerUnderTest.StartAsync(virtualHost.Amqp.ToString());
        await producer.ReadyAsync();
        await virtualHost.LimitAsync("logs_archivo", 0);
        return producer;
    }

    /// <returns>The id of the refused event, of those that count up from 1, and the answer to it.</returns>
    private static async Task<(int Id, string? Detail)> SendUntilRefusedAsync(ProducerUnderTest producer, string route)
    {
        var id = 0;
        var problem = await Eventually.GetAsync("the policy is in force", TimeSpan.FromSeconds(5), async () =>
        {
            using var response = await SendAsync(producer, route, ++id);
            return response.StatusCode == HttpStatusCode.Accepted ? default : await ProblemAssert.IsProblemAsync(HttpStatusCode.ServiceUnavailable, response);
        }, problem => problem.ValueKind != default);
        return (id, problem.GetProperty("detail").GetString());
    }

    private static Task<HttpResponseMessage> SendAsync(ProducerUnderTest producer, string route, int id) =>
        producer.Client.PostAsync($"/send{route}", new StringContent(
            JsonSerializer.Serialize(new { id, tipo = "t", payload = new { } }), new MediaTypeHeaderValue("application/json")));
}
