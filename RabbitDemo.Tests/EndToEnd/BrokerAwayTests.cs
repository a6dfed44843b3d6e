using System.Diagnostics;
using System.Net;
using RabbitDemo.Tests.AppHost;
using RabbitDemo.Tests.Brokers;

namespace RabbitDemo.Tests.EndToEnd;

/// <summary>A broker that is somebody else's, and comes and goes.</summary>
[Collection(BrokerCollection.Name)]
public sealed class BrokerAwayTests(TestBroker broker) : IDisposable
{
    private readonly TemporaryDirectory data = new();

    public void Dispose() => data.Dispose();

    [BrokerFact(BreaksIt = true)]
    public async Task LivesWithoutTheBrokerAndIsReadyWhenItComes()
    {
        await broker.StopAsync(CancellationToken.None);
        var back = new Lazy<Task>(() => broker.StartAsync(CancellationToken.None));
        try
        {
            await using var system = await StartAsync();
            await Eventually.TrueAsync("the services are alive", RunningSystem.Soon, async () =>
                (await system.Producer.GetAsync("/alive")).IsSuccessStatusCode && (await system.Consumer.GetAsync("/alive")).IsSuccessStatusCode);

            var clock = Stopwatch.StartNew();
            using var refused = await system.SendAsync("""{"id": 1, "tipo": "registro", "payload": {}}""");
            var waited = clock.Elapsed;
            var ready = (await system.Producer.GetAsync("/health")).StatusCode;
            await back.Value;
            await system.HealthyAsync("producer", "consumer");
            var id = await system.AcceptedAsync(2);
            await system.StoredAsync([id]);

            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter);
            Assert.True(waited < TimeSpan.FromSeconds(5), $"refused after {waited}");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, ready);
        }
        finally
        {
            await back.Value; // the tests that come next want it, whatever failed here
        }
    }

    [BrokerFact(BreaksIt = true)]
    public async Task StoresEveryAcceptedEventOnceWhenTheBrokerIsKilledUnderATrickle()
    {
        await using var system = await StartAsync();
        await system.HealthyAsync("producer", "consumer");
        var accepted = new List<string>();
        using var enough = new CancellationTokenSource();
        var trickle = Task.Run(async () =>
        {
            for (var i = 0; !enough.IsCancellationRequested; i++)
            {
                using var response = await system.SendAsync($$$"""{"id": {{{i}}}, "tipo": "goteo", "payload": {}}""", key: $"t-{i}");
                lock (accepted)
                {
                    if (response.StatusCode == HttpStatusCode.Accepted)
                        accepted.Add($"t-{i}");
                }
            }
        });

        await AcceptedMoreAsync(100);
        await broker.KillAsync(CancellationToken.None);
        await broker.StartAsync(CancellationToken.None);
        await AcceptedMoreAsync(100);
        await enough.CancelAsync();
        await trickle;
        var stored = (await system.StoredAsync(accepted)).Select(RunningSystem.MessageId).Where(id => id.StartsWith("t-", StringComparison.Ordinal)).ToArray();

        Assert.Equal(stored.Length, stored.Distinct().Count());

        Task AcceptedMoreAsync(int more)
        {
            var before = Count();
            return Eventually.GetAsync($"{more} more are accepted", TimeSpan.FromSeconds(60), () => Task.FromResult(Count()), count => count >= before + more);
        }

        int Count()
        {
            lock (accepted)
                return accepted.Count;
        }
    }

    private Task<RunningSystem> StartAsync() => RunningSystem.StartAsync(
        data, "--Broker=external", $"--ConnectionStrings:rabbitmq={broker.Amqp}", "--RabbitDemo:Handling:Delay=00:00:00", "--RabbitDemo:Receiver:Prefetch=20");
}
