using System.Net;
using System.Net.Http.Headers;
using RabbitDemo.Tests.Brokers;

namespace RabbitDemo.Tests.Producer;

/// <summary>A queue that should get the event is not there: declaring it again may help, once.</summary>
[Collection(BrokerCollection.Name)]
public sealed class DeadRouteTests(TestVirtualHost virtualHost) : IClassFixture<TestVirtualHost>
{
    [BrokerFact]
    public async Task DoesNotKeepTheConnectionFromWorking()
    {
        await using var producer = await ProducerUnderTest.StartAsync(virtualHost.Amqp.ToString());
        await producer.ReadyAsync();

        await virtualHost.DeleteQueueAsync("mensajes");
        Assert.Contains("it is being declared again", await RefusalAsync(producer));
        await Eventually.TrueAsync("it is there again", TimeSpan.FromSeconds(8), async () => (await SendAsync(producer)).StatusCode == HttpStatusCode.Accepted);

        await virtualHost.DeleteQueueAsync("mensajes");
        for (var i = 0; i < 3; i++)
            Assert.Contains("declaring it again was of no use a moment ago", await RefusalAsync(producer));
    }

    private static async Task<string?> RefusalAsync(ProducerUnderTest producer)
    {
        var problem = await ProblemAssert.IsProblemAsync(HttpStatusCode.ServiceUnavailable, await SendAsync(producer));
        return problem.GetProperty("detail").GetString();
    }

    private static Task<HttpResponseMessage> SendAsync(ProducerUnderTest producer) =>
        producer.Client.PostAsync("/send", new StringContent("""{"id":1,"tipo":"t","payload":{}}""", new MediaTypeHeaderValue("application/json")));
}
