using System.Diagnostics;
using System.Text.Json;
using RabbitDemo.Tests.Brokers;

namespace RabbitDemo.Tests.Telemetry;

[Collection(ObservedCollection.Name)]
public sealed class MetricsTests(ObservedSystem observed)
{
    private const int Events = 200;
    private static readonly double[] Buckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [BrokerFact]
    public async Task EqualTheBooksAndTheBrokersCountsOnceQuiet()
    {
        await observed.System.FaultsAsync(new { });
        var before = await QuietAsync();

        await Task.WhenAll(Enumerable.Range(0, Events).Select(_ => observed.SendAsync("registro")));

        await Eventually.GetAsync("all counts have grown by the same", Soon,
            async () => (await CountsAsync()).Zip(before, (now, then) => $"{now.Name}: {now.Value - then.Value}").Distinct().ToArray(),
            grown => grown.All(line => line.EndsWith($": {Events}", StringComparison.Ordinal)));
        Assert.Equal(0, Sum("consumer", "rabbitdemo.deliveries.in_flight"));
        Assert.Equal(0, Sum("producer", "rabbitdemo.publish.window.used"));
    }

    [BrokerFact]
    public async Task HaveTheUnitsAndBucketsOfTheConventions()
    {
        await observed.SendAsync("registro");

        var points = await Eventually.GetAsync("both histograms are exported", Soon, () => Task.FromResult(observed.Receiver.Points.ToArray()),
            all => Names(all).IsSupersetOf(["messaging.client.operation.duration", "messaging.process.duration"]));

        Assert.All(points.Where(p => p.Name is "messaging.client.operation.duration" or "messaging.process.duration"),
            p => Assert.Equal(("s", string.Join(' ', Buckets)), (p.Unit, string.Join(' ', p.Bounds))));
        Assert.All(points.Where(p => p.Name is "messaging.client.sent.messages" or "messaging.client.consumed.messages"), p => Assert.Equal("{message}", p.Unit));

        static HashSet<string> Names(ReceivedPoint[] all) => [.. all.Select(p => p.Name)];
    }

    [BrokerFact]
    public async Task HaveNoMoreSeriesForMoreKeys()
    {
        await observed.Receiver.MetricsAsync("producer");
        var before = Sum("producer", "messaging.client.sent.messages", ("messaging.destination.name", "mi_exchange"));

        for (var i = 0; i < 30; i++)
            await observed.SendAsync("login", $"?exchange=mi_exchange&routingKey=user.k{i}", headers: ($"X-Amqp-h{i}", $"{i}"));

        await Eventually.GetAsync("thirty more are counted", Soon,
            () => Task.FromResult(Sum("producer", "messaging.client.sent.messages", ("messaging.destination.name", "mi_exchange")) - before), more => more == 30);
        Assert.Single(observed.Receiver.Points, p => p is { Service: "producer", Name: "messaging.client.sent.messages" }
            && p.Attributes["messaging.destination.name"] == "mi_exchange" && !p.Attributes.ContainsKey("error.type"));
    }

    private async Task<(string Name, double Value)[]> QuietAsync()
    {
        var (last, since) = (await CountsAsync(), Stopwatch.GetTimestamp());
        await Eventually.GetAsync("no count changes for six seconds", TimeSpan.FromSeconds(40), async () =>
        {
            var now = await CountsAsync();
            if (!now.SequenceEqual(last))
                (last, since) = (now, Stopwatch.GetTimestamp());

            return Stopwatch.GetElapsedTime(since);
        }, still => still > TimeSpan.FromSeconds(6));
        return last;
    }

    private async Task<(string Name, double Value)[]> CountsAsync()
    {
        var ledger = JsonElement.Parse(await observed.System.Consumer.GetStringAsync("/ledger"));
        var books = ledger.GetProperty("queues").EnumerateArray().FirstOrDefault(q => q.GetProperty("queue").GetString() == "mensajes");
        var broker = await observed.VirtualHost.TotalsAsync("mensajes");
        var destination = ("messaging.destination.name", "mensajes");
        return
        [
            ("sent", Sum("producer", "messaging.client.sent.messages", destination)),
            ("publish", Sum("producer", "messaging.client.operation.duration", destination, ("messaging.operation.name", "publish"))),
            ("the broker's publishes", broker.Published),
            ("consumed", Sum("consumer", "messaging.client.consumed.messages", destination)),
            ("processed", Sum("consumer", "messaging.process.duration", destination)),
            ("ack", Sum("consumer", "messaging.client.operation.duration", destination, ("messaging.operation.name", "ack"))),
            ("the broker's acks", broker.Acknowledged),
            ("stored, as a gauge", Sum("consumer", "rabbitdemo.books.messages", destination, ("rabbitdemo.place", "stored"))),
            ("stored, in the books", books.ValueKind == JsonValueKind.Object ? books.GetProperty("stored").GetInt64() : 0)
        ];
    }

    private double Sum(string service, string name, params (string Key, string Value)[] attributes) => observed.Receiver.Points
        .Where(p => p.Service == service && p.Name == name && attributes.All(a => p.Attributes.GetValueOrDefault(a.Key) == a.Value))
        .Sum(p => p.Value);
}
