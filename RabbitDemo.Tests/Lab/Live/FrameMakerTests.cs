using RabbitDemo.Lab.Live;
using RabbitDemo.Messaging;

namespace RabbitDemo.Tests.Lab;

public sealed class FrameMakerTests
{
    private static readonly Graph Drawn = Graph.Of(
        Topology.Default,
        [Batches.Running("producer", "p-1"), Batches.Running("usuarios", "u-1"), Batches.Running("usuarios", "u-2"), Batches.Running("auditoria", "a-1")]);

    private static readonly string Entry = Line((NodeKind.Producer, "p-1"), (NodeKind.Exchange, "mi_exchange"));
    private static readonly string ToUsers = Line((NodeKind.Exchange, "mi_exchange"), (NodeKind.Queue, "user_events"));
    private static readonly string ToAudit = Line((NodeKind.Exchange, "mi_exchange"), (NodeKind.Queue, "auditoria"));
    private static readonly string Last = Line((NodeKind.Queue, "user_events"), (NodeKind.Consumer, "u-2"));

    [Fact]
    public void SendsAPublishedMessageToEachOfItsQueues()
    {
        var frame = Told("p-1", Batches.Move(MovementKind.Published, "mi_exchange", "user.created", "user_events", "auditoria"));

        Assert.Equal([$"published {Entry} {ToUsers}", $"published {Entry} {ToAudit}"], Show(frame));
    }

    [Theory]
    [InlineData(MovementKind.Returned, "returned")]
    [InlineData(MovementKind.Refused, "refused")]
    public void TakesAMessageThatNoQueueGetsToItsExchangeOnly(MovementKind kind, string colour)
    {
        var frame = Told("p-1", Batches.Move(kind, "mi_exchange", "x"));

        Assert.Equal([$"{colour} {Entry}"], Show(frame));
    }

    [Theory]
    [InlineData(MovementKind.Delivered, "delivered", "")]
    [InlineData(MovementKind.Stored, "acknowledged", "-")]
    [InlineData(MovementKind.Duplicate, "acknowledged", "-")]
    [InlineData(MovementKind.Retried, "retried", "-")]
    [InlineData(MovementKind.Dead, "dead", "-")]
    public void MovesBetweenTheQueueAndTheReplicaThatTellsIt(MovementKind kind, string colour, string backwards)
    {
        var frame = Told("u-2", Batches.Move(kind, "mi_exchange", "user.created", "user_events"));

        Assert.Equal([$"{colour} {backwards}{Last}"], Show(frame));
    }

    [Fact]
    public void SendsARedrivenMessageByItsQueuesName()
    {
        var frame = Told("u-1", Batches.Move(MovementKind.Redriven, "mi_exchange", "user.created", "user_events"));

        Assert.Equal([$"redriven {Line((NodeKind.Exchange, ""), (NodeKind.Queue, "user_events"))}"], Show(frame));
    }

    [Fact]
    public void LeadsThroughOtherExchangesInACircleToo()
    {
        var graph = Graph.Of(
            new([new("a", ExchangeType.Fanout), new("b", ExchangeType.Fanout)], [new("q", "test")], [new("a", "b", ToExchange: true), new("b", "a", ToExchange: true), new("b", "q")]),
            [Batches.Running("producer", "p-1")]);

        var frame = new FrameMaker(graph).Make([Batches.Of("producer", "p-1", movements: [Batches.Move(MovementKind.Published, "a", "", "q")])]);

        string[] nodes = [.. Assert.Single(frame.Dots).Edges.Select(id => graph.Nodes.Single(n => n.Id == graph.Edges.Single(e => e.Id == id).To).Name)];
        Assert.Equal(["a", "b", "q"], nodes);
    }

    [Fact]
    public void CountsWhatWentAlongEachLine()
    {
        MovementCount[] counts =
        [
            new(MovementKind.Published, "mi_exchange", "", 7), new(MovementKind.Published, "mi_exchange", "user_events", 7),
            new(MovementKind.Published, "mi_exchange", "auditoria", 3), new(MovementKind.Returned, "mi_exchange", "", 2),
            new(MovementKind.Delivered, "", "user_events", 5), new(MovementKind.Stored, "", "user_events", 4), new(MovementKind.Redriven, "", "user_events", 1)
        ];

        var producer = new FrameMaker(Drawn).Make([Batches.Of("producer", "p-1", counts)]).Flows;
        var both = new FrameMaker(Drawn).Make([Batches.Of("usuarios", "u-2", counts), Batches.Of("usuarios", "u-2", counts)]).Flows;

        Assert.Equal(9, producer[Entry]);
        Assert.Equal((7, 3), (producer[ToUsers], producer[ToAudit]));
        Assert.Equal(10, both[Last]);
        Assert.Equal(2, both[Line((NodeKind.Exchange, ""), (NodeKind.Queue, "user_events"))]);
    }

    [Theory]
    [InlineData("p-9", "nowhere", "nothing")]
    [InlineData("p-1", "mi_exchange", "nothing")]
    [InlineData("u-1", "nowhere", "user_events")]
    public void DrawsNothingOnLinesThatAreNotThere(string instance, string exchange, string queue)
    {
        foreach (var kind in Enum.GetValues<MovementKind>())
        {
            var frame = new FrameMaker(Drawn).Make(
                [Batches.Of("any", instance, [new(kind, exchange, queue, 1)], [Batches.Move(kind, exchange, "k", queue)])]);

            Assert.All(frame.Dots.SelectMany(d => d.Edges).Concat(frame.Flows.Keys), id => Assert.Contains(Drawn.Edges, e => e.Id == id.TrimStart('-')));
        }

        Assert.Empty(Told("nobody", Batches.Move(MovementKind.Delivered, "", "", queue)).Dots);
    }

    private static Frame Told(string instance, Movement movement) =>
        new FrameMaker(Drawn).Make([Batches.Of("any", instance, movements: [movement])]);

    private static IEnumerable<string> Show(Frame frame) => frame.Dots.Select(d => $"{d.Kind} {string.Join(' ', d.Edges)}");

    private static string Line((NodeKind Kind, string Name) from, (NodeKind Kind, string Name) to) =>
        Drawn.FindEdge(Drawn.Find(from.Kind, from.Name), Drawn.Find(to.Kind, to.Name))?.Id ?? throw new InvalidOperationException($"No line from {from} to {to}.");
}
