using System.Diagnostics;
using System.Text.Json;
using CsCheck;
using RabbitDemo.Messaging;
using RabbitDemo.Tests.Brokers;
using Xunit.Abstractions;

namespace RabbitDemo.Tests.Routing;

/// <summary>A failure prints its seed; <c>CsCheck_Seed=…</c> in the environment starts with that one.</summary>
[Collection(SecondBrokerCollection.Name)]
public sealed class RouterAgainstTheBrokerTests(TestVirtualHost virtualHost, ITestOutputHelper output) : IClassFixture<TestVirtualHost>
{
    private const int Topologies = 250;

    private readonly Dictionary<string, int> seen = new()
    {
        ["Direct"] = 0,
        ["Fanout"] = 0,
        ["Topic"] = 0,
        ["Headers"] = 0,
        ["default exchange"] = 0,
        ["alternate exchange"] = 0,
        ["exchange to exchange"] = 0,
        ["unroutable"] = 0,
        ["several queues"] = 0
    };

    [BrokerFact]
    public async Task SendsEveryMessageToTheQueuesThatTheBrokerSendsItTo()
    {
        var clock = Stopwatch.StartNew();
        var cases = 0;
        await using var connection = await virtualHost.ConnectAsync(CancellationToken.None);

        await RoutingCase.Any.SampleAsync(
            async generated =>
            {
                var (topology, publications) = generated.Named($"{Interlocked.Add(ref cases, generated.Publications.Length)}.");
                var broker = await BrokerRouting.RouteAsync(connection, topology, publications);
                for (var i = 0; i < publications.Length; i++)
                    Compare(topology, publications[i], broker[i]);
            },
            iter: Topologies,
            threads: 1);

        output.WriteLine($"{cases} cases in {clock.Elapsed.TotalSeconds:0.0} s, 0 differences: {string.Join(", ", seen.Select(s => $"{s.Key} {s.Value}"))}");
        Assert.True(cases >= 10_000);
        Assert.DoesNotContain(seen, s => s.Value < 100);
    }

    private void Compare(Topology topology, Publication publication, string[] broker)
    {
        var router = Router.Route(topology, publication.Exchange, publication.RoutingKey, publication.Headers);
        Assert.True(
            broker.SequenceEqual(router.Queues.Order(StringComparer.Ordinal)),
            $"The broker: {JsonSerializer.Serialize(broker)}. The router: {JsonSerializer.Serialize(router)}. Of {JsonSerializer.Serialize(publication)}.");

        foreach (var step in router.Steps.Where(s => s.Matched))
        {
            seen[step.Rule switch
            {
                RouteRule.DefaultExchange => "default exchange",
                RouteRule.AlternateExchange => "alternate exchange",
                _ when step.ToExchange => "exchange to exchange",
                _ => $"{topology.FindExchange(step.Path[^1])?.Type}"
            }]++;
        }

        if (broker.Length != 1)
            seen[broker.Length == 0 ? "unroutable" : "several queues"]++;
    }
}
