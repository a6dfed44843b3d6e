using System.Text;
using Microsoft.Extensions.Configuration;
using RabbitDemo.Messaging;

namespace RabbitDemo.Tests;

public sealed class TopologyConfigurationTests
{
    [Fact]
    public void IsTheDefaultWithoutConfiguration()
    {
        var topology = TopologyConfiguration.Build(new ConfigurationBuilder().Build());

        Assert.Equal(Topology.Default.Exchanges, topology.Exchanges);
        Assert.Equal(Topology.Default.Queues, topology.Queues);
        Assert.Equal(Topology.Default.Bindings, topology.Bindings);
    }

    [Fact]
    public void AddsAServicesOwnExchangesQueuesAndBindings()
    {
        var topology = Build("""
            "Exchanges": [
              { "Name": "facturas", "Type": "Headers", "AlternateExchange": "mi_exchange" }
            ],
            "Queues": [{ "Name": "facturas_nuevas", "ReadBy": "facturacion" }],
            "Bindings": [
              { "Exchange": "mi_exchange", "Queue": "facturas_nuevas", "RoutingKey": "factura.#" },
              { "Exchange": "logs", "ToExchange": "facturas" },
              {
                "Exchange": "facturas", "Queue": "facturas_nuevas",
                "Arguments": { "x-match": "any", "pais": "ES", "urgente": null, "cliente": { "Present": true }, "importe": { "Integer": 5 }, "nueva": { "Boolean": true } }
              }
            ]
            """);

        var arguments = topology.Bindings[^1].Arguments;
        Assert.Equal(new Exchange("facturas", ExchangeType.Headers, "mi_exchange"), topology.Exchanges[^1]);
        Assert.Equal(new WorkQueue("facturas_nuevas", "facturacion"), topology.Queues[^1]);
        Assert.Equal(new Binding("mi_exchange", "facturas_nuevas", "factura.#"), topology.Bindings[^3]);
        Assert.Equal(new Binding("logs", "facturas", ToExchange: true), topology.Bindings[^2]);
        Assert.Equal(new() { ["x-match"] = "any", ["pais"] = "ES", ["urgente"] = null, ["cliente"] = null, ["importe"] = 5L, ["nueva"] = true }, arguments?.ToDictionary());
        Assert.Equal(Topology.Default.Queues.Count + 1, topology.Queues.Count);
    }

    [Fact]
    public void StartsFromNothingWhenToldSo()
    {
        var topology = Build("""
            "Defaults": false, "Queues": [{ "Name": "solo", "ReadBy": "uno" }]
            """);

        Assert.Equal("solo", Assert.Single(topology.Queues).Name);
        Assert.Empty(topology.Exchanges);
    }

    [Fact]
    public void TakesWhatIsThereAlreadyWordForWord()
    {
        var topology = Build("""
            "Exchanges": [{ "Name": "logs", "Type": "fanout" }],
            "Queues": [{ "Name": "mensajes", "ReadBy": "consumer" }],
            "Bindings": [{ "Exchange": "regiones", "Queue": "region_eu", "Arguments": { "region": "EU", "x-match": "all" } }]
            """);

        Assert.Equal(Topology.Default.Exchanges.Count, topology.Exchanges.Count);
        Assert.Equal(Topology.Default.Queues.Count, topology.Queues.Count);
        Assert.Equal(Topology.Default.Bindings.Count, topology.Bindings.Count);
    }

    [Theory]
    [InlineData("""{ "Name": "amq.mine", "Type": "direct" }""", "Name is \"amq.mine\": names that begin with amq. belong to the broker.")]
    [InlineData("""{ "Name": "", "Type": "direct" }""", "Name is \"\": it must be 1 to 255 bytes of UTF-8; it is 0.")]
    [InlineData("""{ "Type": "direct" }""", "Name is not set: it must be 1 to 255 bytes of UTF-8; it is 0.")]
    [InlineData("""{ "Name": "a\u0000b", "Type": "direct" }""", "Name is \"a\\u0000b\": it must not hold control characters.")]
    [InlineData("""{ "Name": "x", "Type": "x-delayed-message" }""", "Type is \"x-delayed-message\": it must be direct, fanout, topic or headers.")]
    [InlineData("""{ "Name": "x", "Type": "2" }""", "Type is \"2\": it must be direct, fanout, topic or headers.")]
    [InlineData("""{ "Name": "x", "Typ": "topic" }""", "Typ is \"topic\": there is no such setting here, only Name, Type, AlternateExchange.")]
    [InlineData("""{ "Name": ["x"], "Type": "topic" }""", "Name is not set: it must be a text, not a list or an object.")]
    [InlineData("""{ "Name": "logs", "Type": "direct" }""", "Name is \"logs\": there is such an exchange already, of type fanout.")]
    [InlineData("""{ "Name": "x", "Type": "topic", "AlternateExchange": "y" }""", "AlternateExchange is \"y\": there is no such exchange.")]
    public void RefusesAnExchange(string exchange, string line) =>
        AssertRefused($"\"Exchanges\": [{exchange}]", $"RabbitDemo:Topology:Exchanges:0:{line}");

    [Theory]
    [InlineData("""{ "Name": "q", "ReadBy": "" }""", "ReadBy is \"\": it must be 1 to 100 bytes of UTF-8; it is 0.")]
    [InlineData("""{ "Name": "mensajes", "ReadBy": "otro" }""", "ReadBy is \"otro\": queue \"mensajes\" is read by \"consumer\" already.")]
    [InlineData("""{ "Name": "mensajes.dead", "ReadBy": "x" }""", "Name is \"mensajes.dead\": it and queue \"mensajes\" get in each other's way: a queue's name with .dead or .retry.N is kept for its dead and waiting messages.")]
    [InlineData("""{ "Name": "mensajes.retry.5000", "ReadBy": "x" }""", "Name is \"mensajes.retry.5000\": it and queue \"mensajes\" get in each other's way: a queue's name with .dead or .retry.N is kept for its dead and waiting messages.")]
    public void RefusesAQueue(string queue, string line) =>
        AssertRefused($"\"Queues\": [{queue}]", $"RabbitDemo:Topology:Queues:0:{line}");

    [Fact]
    public void CountsTheBytesOfAQueuesName() =>
        AssertRefused(
            $$"""
            "Queues": [{ "Name": "{{new string('ñ', 101)}}", "ReadBy": "x" }]
            """,
            $"RabbitDemo:Topology:Queues:0:Name is \"{string.Concat(Enumerable.Repeat("\\u00F1", 80))}\\u2026\": it must be 1 to 200 bytes of UTF-8; it is 202.");

    [Theory]
    [InlineData("""{ "Exchange": "nada", "Queue": "mensajes" }""", "Exchange is \"nada\": there is no such exchange.")]
    [InlineData("""{ "Exchange": "logs", "Queue": "nada" }""", "Queue is \"nada\": there is no such queue.")]
    [InlineData("""{ "Exchange": "logs", "ToExchange": "mensajes" }""", "ToExchange is \"mensajes\": there is no such exchange.")]
    [InlineData("""{ "Exchange": "logs" }""", "Queue is not set: a binding leads to either a Queue or an exchange (ToExchange).")]
    [InlineData("""{ "Exchange": "", "Queue": "mensajes" }""", "Exchange is \"\": it must be 1 to 255 bytes of UTF-8; it is 0.")]
    [InlineData("""{ "Exchange": "regiones", "Queue": "mensajes", "RoutingKey": "eu" }""", "RoutingKey is \"eu\": a headers exchange looks at headers only; leave the routing key out.")]
    [InlineData("""{ "Exchange": "mi_exchange", "Queue": "mensajes", "RoutingKey": "#.a.#.#" }""", "RoutingKey is \"#.a.#.#\": RabbitMQ takes at most two # in a pattern from 4.3.5 on.")]
    [InlineData("""{ "Exchange": "mi_exchange", "Queue": "mensajes", "Arguments": { "a": "b" } }""", "Arguments is \"a\": only bindings of a headers exchange take arguments, and \"mi_exchange\" is of type topic.")]
    [InlineData("""{ "Exchange": "regiones", "Queue": "mensajes", "Arguments": { "x-match": "some" } }""", "Arguments:x-match is \"some\": it must be all, any, all-with-x or any-with-x.")]
    [InlineData("""{ "Exchange": "regiones", "Queue": "mensajes", "Arguments": { "x-sub": "eu" } }""", "Arguments:x-sub is \"eu\": x-match all ignores headers that begin with x-; all-with-x looks at them.")]
    [InlineData("""{ "Exchange": "regiones", "Queue": "mensajes", "Arguments": { "n": { "Integer": 1.5 } } }""", "Arguments:n is \"1.5\": it must be a text, null, or one of Integer (64 bits), Boolean, and Present (true).")]
    [InlineData("""{ "Exchange": "regiones", "Queue": "mensajes", "Arguments": { "n": { "Present": false } } }""", "Arguments:n is \"False\": it must be a text, null, or one of Integer (64 bits), Boolean, and Present (true).")]
    [InlineData("""{ "Exchange": "regiones", "Queue": "mensajes", "Arguments": { "n": ["a"] } }""", "Arguments:n:0 is \"a\": there is no such setting here, only Integer, Boolean, Present.")]
    public void RefusesABinding(string binding, string line) =>
        AssertRefused($"\"Bindings\": [{binding}]", $"RabbitDemo:Topology:Bindings:0:{line}");

    [Theory]
    [InlineData("\"Defaults\": \"no\"", "RabbitDemo:Topology:Defaults is \"no\": it must be true or false.")]
    [InlineData("\"Queues\": \"mensajes\"", "RabbitDemo:Topology:Queues is \"mensajes\": it must be a list.")]
    [InlineData("\"Queue\": []", "RabbitDemo:Topology:Queue is \"\": there is no such setting here, only Defaults, Exchanges, Queues, Bindings.")]
    [InlineData("\"Queues\": [\"mensajes\"]", "RabbitDemo:Topology:Queues:0 is \"mensajes\": it must be a section with Name, ReadBy.")]
    public void RefusesWhatIsNoTopology(string members, string line) => AssertRefused(members, line);

    private static void AssertRefused(string members, string line) =>
        Assert.Equal(line, Assert.Throws<SettingException>(() => Build(members)).Message);

    private static Topology Build(string members) => TopologyConfiguration.Build(new ConfigurationBuilder()
        .AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes($$"""{ "RabbitDemo": { "Topology": { {{members}} } } }""")))
        .Build());
}
