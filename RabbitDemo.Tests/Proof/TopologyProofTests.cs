using System.Text;
using RabbitDemo.Messaging;
using RabbitDemo.Tests.Brokers;

namespace RabbitDemo.Tests.Proof;

[Collection(SecondBrokerCollection.Name)]
public sealed class TopologyProofTests(TestVirtualHost virtualHost) : IClassFixture<TestVirtualHost>
{
    /// <summary>One exchange of each type, an alternate, a circle of two fanout exchanges, and one that is bound to itself.</summary>
    private static readonly Topology Every = new(
        [
            new("direct", ExchangeType.Direct, "rest"), new("fanout", ExchangeType.Fanout), new("topic", ExchangeType.Topic), new("headers", ExchangeType.Headers),
            new("rest", ExchangeType.Fanout), new("empty", ExchangeType.Fanout, "rest"), new("silent", ExchangeType.Fanout),
            new("left", ExchangeType.Fanout), new("right", ExchangeType.Fanout), new("self", ExchangeType.Direct, "rest"), new("before", ExchangeType.Fanout),
            new("mute", ExchangeType.Fanout)
        ],
        [.. "a b c any all rest circle".Split(' ').Select(q => new WorkQueue(q, "test"))],
        [
            new("direct", "a", "one"), new("direct", "silent", "into the dark", ToExchange: true),
            new("fanout", "b"), new("fanout", "a"),
            new("topic", "a", "user.*"), new("topic", "c", "#"), new("topic", "a", "#"),
            new("headers", "any", Arguments: Conditions("any")), new("headers", "all", Arguments: Conditions("all")),
            new("rest", "rest"),
            new("left", "right", ToExchange: true), new("right", "left", ToExchange: true), new("right", "circle"),
            new("self", "self", "me", ToExchange: true),
            new("before", "left", ToExchange: true), new("mute", "silent", ToExchange: true)
        ]);

    private TopologyProof Proof => ProofUnderTest.Of(virtualHost.Amqp);

    [BrokerTheory]
    [InlineData("direct", "one", "a")]
    [InlineData("direct", "two", "rest")]
    [InlineData("direct", "into the dark", "")]
    [InlineData("fanout", "whatever", "a b")]
    [InlineData("topic", "user.created", "a c")]
    [InlineData("topic", "", "a c")]
    [InlineData("empty", "whatever", "rest")]
    [InlineData("silent", "", "")]
    [InlineData("mute", "", "")]
    [InlineData("left", "", "circle")]
    [InlineData("before", "", "circle")]
    [InlineData("self", "me", "")]
    [InlineData("self", "you", "rest")]
    [InlineData("", "b", "b")]
    [InlineData("", "nobody", "")]
    [InlineData("headers", "", "", "")]
    [InlineData("headers", "", "any", "region")]
    [InlineData("headers", "", "any all", "region vip")]
    public async Task FindsTheQueuesThatTheRouterNames(string exchange, string routingKey, string queues, string headers = "")
    {
        var given = headers.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToDictionary(h => h, h => (object?)"EU");

        var result = await Proof.RunAsync(Every, exchange, routingKey, given, CancellationToken.None);

        Assert.Equal(queues.Split(' ', StringSplitOptions.RemoveEmptyEntries), result.Queues);
        Assert.Equal(result.Queues, result.Expected);
        Assert.All(result.Copies.Values, copies => Assert.Equal(1, copies));
        Assert.Equal(queues.Length == 0, result.Returned);
        Assert.True(result.Agrees);
        Assert.InRange(result.Elapsed, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(10));
        Assert.Equal(Every.Exchanges.Count + Every.Queues.Count + 4, result.TemporaryEntities); // the sentinel, and the ways into left, right and self
        await virtualHost.NothingIsLeftAsync();
    }

    [BrokerFact]
    public async Task TakesTheLongestNamesThatATopologyMayHave()
    {
        var (exchange, queue) = (new string('x', 255), string.Concat(Enumerable.Repeat("ñ", 100)));

        var result = await Proof.RunAsync(
            new([new(exchange, ExchangeType.Direct)], [new(queue, "test")], [new(exchange, queue, "k")]), exchange, "k", null, CancellationToken.None);

        Assert.Equal((queue, true), (Assert.Single(result.Queues), result.Agrees));
    }

    [BrokerFact]
    public async Task LeavesTheQueuesOfTheSameNameAlone()
    {
        await using var connection = await virtualHost.ConnectAsync(CancellationToken.None);
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync("b", durable: true, exclusive: false, autoDelete: false);

        await Proof.RunAsync(Every, "", "b", null, CancellationToken.None);
        await Proof.RunAsync(Every, "fanout", "b", null, CancellationToken.None);

        Assert.Equal(0u, await channel.MessageCountAsync("b"));
    }

    [BrokerFact]
    public async Task ProvesOneAtATime()
    {
        var most = 0;
        var proofs = Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Proof.RunAsync(Every, "left", "", null, CancellationToken.None)));
        while (!proofs.IsCompleted)
            most = Math.Max(most, (await virtualHost.ExchangesAsync()).Count(e => e.EndsWith(".left", StringComparison.Ordinal)));

        Assert.All(await proofs, p => Assert.True(p.Agrees));
        Assert.InRange(most, 0, 1);
    }

    [BrokerTheory]
    [InlineData(50, 100, 500)]
    public async Task TakesTheLargestInTime(int exchanges, int queues, int bindings)
    {
        var result = await Proof.RunAsync(Sized(exchanges, queues, bindings), "x0", "k0", null, CancellationToken.None);

        Assert.True(result.Agrees);
        Assert.NotEmpty(result.Queues);
    }

    [Theory]
    [InlineData(51, 1, 0, "A proof takes at most 50 exchanges; there are 51.")]
    [InlineData(1, 101, 0, "A proof takes at most 100 queues; there are 101.")]
    [InlineData(1, 1, 501, "A proof takes at most 500 bindings; there are 501.")]
    public async Task RefusesWhatIsTooLargeInOneLine(int exchanges, int queues, int bindings, string reason)
    {
        var refused = await Assert.ThrowsAsync<ProofRefusedException>(
            () => Proof.RunAsync(Sized(exchanges, queues, bindings), "x0", "", null, CancellationToken.None));

        Assert.Equal(reason, refused.Message);
    }

    [Fact]
    public async Task RefusesAMessageOrATopologyThatCannotBeMade()
    {
        Assert.Equal("The topology has no exchange \"nowhere\".", await RefusalAsync(Every, "nowhere", "k"));
        Assert.Equal("A routing key is at most 255 bytes of UTF-8; this one is 256.", await RefusalAsync(Every, "topic", new('k', 256)));
        Assert.Equal("A binding leads to queue \"gone\", which the topology does not have.", await RefusalAsync(Every with { Queues = [], Bindings = [new("topic", "gone")] }, "topic", "k"));
        Assert.Equal("The topology has queue \"q\" 2 times.", await RefusalAsync(new([], [new("q", "a"), new("q", "b")], []), "", "q"));
        Assert.Equal("Header CC adds routing keys of its own; ask for one key at a time.", await RefusalAsync(Every, "topic", "k", ("CC", "x")));
        Assert.Equal("Header \"h\" is a Double: it must be a text, an integer of 64 bits, true, false or null.", await RefusalAsync(Every, "topic", "k", ("h", 1.5)));
        Assert.Equal("A proof takes at most 65536 bytes of headers; there are 65537.", await RefusalAsync(Every, "topic", "k", ("h", Encoding.ASCII.GetString(new byte[65536]))));
    }

    private async Task<string> RefusalAsync(Topology topology, string exchange, string key, params (string Name, object? Value)[] headers) =>
        (await Assert.ThrowsAsync<ProofRefusedException>(() => Proof.RunAsync(
            topology, exchange, key, headers.ToDictionary(h => h.Name, h => h.Value), CancellationToken.None))).Message;

    private static Topology Sized(int exchanges, int queues, int bindings) => ProofTopologies.Sized(exchanges, queues, bindings);

    private static Dictionary<string, object?> Conditions(string match) => new() { ["x-match"] = match, ["region"] = "EU", ["vip"] = null };
}
