using System.Diagnostics;
using RabbitDemo.Messaging;
using RabbitDemo.Tests.Brokers;
using Xunit.Abstractions;

namespace RabbitDemo.Tests.Routing;

[Collection(SecondBrokerCollection.Name)]
public sealed class TopicPatternsAgainstTheBrokerTests(TestVirtualHost virtualHost, ITestOutputHelper output) : IClassFixture<TestVirtualHost>
{
    private const int MostWords = 4;

    /// <summary>RabbitMQ 4.3.5 and later refuse a pattern with more; a pattern with several # in a row means the same as one.</summary>
    private const int MostHashesSince435 = 2;

    [BrokerFact]
    public async Task EveryPatternOfUpToFourWordsMatchesTheKeysThatItMatchesOnTheBroker()
    {
        var clock = Stopwatch.StartNew();
        await using var connection = await virtualHost.ConnectAsync(CancellationToken.None);
        var patterns = Keys("a", "b", "", "*", "#").Where(Allowed(await virtualHost.ServerVersionAsync())).ToArray();
        var keys = Keys("a", "b", "", "*", "#").ToArray(); // a key's own * and # are words like any other
        var topology = new Topology(
            [new("words", ExchangeType.Topic)],
            [.. patterns.Select(p => new WorkQueue($"q:{p}", "test"))],
            [.. patterns.Select(p => new Binding("words", $"q:{p}", p))]);

        var answers = await BrokerRouting.RouteAsync(connection, topology, [.. keys.Select(k => new Publication("words", k))]);

        var differences = keys.Zip(answers).SelectMany(
            asked => Different(asked.First, asked.Second, Router.Route(topology, "words", asked.First, headers: null).Queues)).ToArray();
        output.WriteLine($"{patterns.Length} patterns x {keys.Length} keys = {patterns.Length * keys.Length} pairs, {answers.Sum(a => a.Length)} matches, {clock.Elapsed.TotalSeconds:0.0} s");
        Assert.Empty(differences);
    }

    private static IEnumerable<string> Different(string key, string[] broker, IReadOnlyList<string> router) =>
        broker.Except(router).Select(q => $"only the broker: key \"{key}\" to {q}")
            .Concat(router.Except(broker).Select(q => $"only the router: key \"{key}\" to {q}"));

    private static IEnumerable<string> Keys(params string[] words)
    {
        IEnumerable<string> ofLength = words;
        var all = new List<string>([""]);
        for (var length = 1; length <= MostWords; length++)
        {
            all.AddRange(ofLength);
            ofLength = [.. ofLength.SelectMany(start => words.Select(word => $"{start}.{word}"))];
        }

        return all.Distinct();
    }

    private static Func<string, bool> Allowed(Version server) =>
        pattern => server < new Version(4, 3, 5) || pattern.Split('.').Count(w => w == "#") <= MostHashesSince435;
}
