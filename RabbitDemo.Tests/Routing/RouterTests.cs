using RabbitDemo.Messaging;

namespace RabbitDemo.Tests.Routing;

/// <summary>What the router says for people to read; where it sends messages is proven against the broker.</summary>
public sealed class RouterTests
{
    [Theory]
    [InlineData("user.created", "user.*", true, "The pattern fits: * = \"created\".")]
    [InlineData("user.created", "user.#", true, "The pattern fits: # = \"created\".")]
    [InlineData("user.created.eu", "user.*", false, "The pattern takes exactly 2 words; the key has 3.")]
    [InlineData("user.created.eu", "user.#", true, "The pattern fits: # = \"created.eu\".")]
    [InlineData("order.cancelled", "user.*", false, "Word 1 of the key is \"order\", not \"user\".")]
    [InlineData("user", "user.#", true, "The pattern fits: # = no word.")]
    [InlineData("", "#", true, "The pattern fits: # = no word.")]
    [InlineData("", "*", false, "The pattern takes exactly 1 word; the key has 0.")]
    [InlineData("a", "*.#.b", false, "The pattern takes at least 2 words; the key has 1.")]
    [InlineData("a.c.d", "#.b.#", false, "However many words # stands for, the words around it do not fit the key.")]
    [InlineData("a.b", "a.b", true, "The keys are equal.")]
    public void ExplainsATopicPattern(string key, string pattern, bool matched, string reason)
    {
        var step = Only(new Exchange("x", ExchangeType.Topic), new Binding("x", "q", pattern), key);

        Assert.Equal((matched, reason), (step.Matched, step.Reason));
    }

    [Theory]
    [InlineData("all", "EU", "x-match all: region is \"EU\", vip is there.")]
    [InlineData("all", "US", "x-match all: region is \"US\", not \"EU\".")]
    [InlineData("any", "US", "x-match any: vip is there.")]
    [InlineData("any-with-x", "EU", "x-match any-with-x: region is \"EU\".")]
    public void ExplainsAHeadersBinding(string match, string region, string reason)
    {
        var binding = new Binding("x", "q", Arguments: new Dictionary<string, object?> { ["x-match"] = match, ["region"] = "EU", ["vip"] = null });

        var step = Only(new Exchange("x", ExchangeType.Headers), binding, "", new() { ["region"] = region, ["vip"] = true });

        Assert.Equal(reason, step.Reason);
    }

    [Fact]
    public void TakesATextAndANumberForDifferentValues()
    {
        var binding = new Binding("x", "q", Arguments: new Dictionary<string, object?> { ["size"] = 1L });

        var text = Only(new Exchange("x", ExchangeType.Headers), binding, "", new() { ["size"] = "1" });
        var number = Only(new Exchange("x", ExchangeType.Headers), binding, "", new() { ["size"] = (byte)1 });

        Assert.Equal("x-match all: size is \"1\", not 1.", text.Reason);
        Assert.True(number.Matched);
    }

    [Fact]
    public void NamesThePathThroughOtherExchangesAndStopsInACircle()
    {
        var topology = new Topology(
            [new("a", ExchangeType.Fanout), new("b", ExchangeType.Fanout)],
            [new("q", "test")],
            [new("a", "b", ToExchange: true), new("b", "a", ToExchange: true), new("b", "q")]);

        var result = Router.Route(topology, "a", "key", headers: null);

        Assert.Equal(["q"], result.Queues);
        Assert.Equal(["a", "b"], result.Steps.Single(s => s.Destination == "q").Path);
        Assert.EndsWith("The message has passed that exchange already.", result.Steps.Single(s => s.Destination == "a").Reason);
    }

    [Fact]
    public void UsesTheAlternateOnlyWhenNoBindingMatchedEvenOneThatLeadsNowhere()
    {
        var topology = new Topology(
            [new("main", ExchangeType.Direct, "rest"), new("dead-end", ExchangeType.Direct), new("rest", ExchangeType.Fanout)],
            [new("q", "test")],
            [new("main", "dead-end", "known", ToExchange: true), new("rest", "q")]);

        var known = Router.Route(topology, "main", "known", headers: null);
        var unknown = Router.Route(topology, "main", "unknown", headers: null);

        Assert.Empty(known.Queues);
        Assert.Equal(["q"], unknown.Queues);
        Assert.True(unknown.Steps.Single(s => s.Rule == RouteRule.AlternateExchange).Matched);
    }

    [Fact]
    public void GivesAQueueOneCopyAndSaysSo()
    {
        var result = Router.Route(
            new([new("x", ExchangeType.Topic)], [new("q", "test")], [new("x", "q", "#"), new("x", "q", "a")]), "x", "a", headers: null);

        Assert.Equal(["q"], result.Queues);
        Assert.EndsWith("The queue has its copy already: it gets one.", result.Steps[1].Reason);
    }

    [Fact]
    public void TakesTheKeyForAQueuesNameOnTheDefaultExchange()
    {
        var found = Router.Route(Topology.Default, "", "mensajes", headers: null);
        var missed = Router.Route(Topology.Default, "", "mensaje", headers: null);

        Assert.Equal(["mensajes"], found.Queues);
        Assert.Equal((false, "No work queue has this name."), (missed.Steps[0].Matched, missed.Steps[0].Reason));
    }

    [Fact]
    public void LeadsNowhereFromAnExchangeThatIsNotThere()
    {
        var result = Router.Route(Topology.Default, "nowhere", "user.created", headers: null);

        Assert.Empty(result.Queues);
        Assert.Empty(result.Steps);
    }

    private static RouteStep Only(Exchange exchange, Binding binding, string key, Dictionary<string, object?>? headers = null) =>
        Assert.Single(Router.Route(new([exchange], [new("q", "test")], [binding]), exchange.Name, key, headers).Steps);
}
