using System.Text.Json;
using RabbitDemo.Lab.Live;

namespace RabbitDemo.Tests.Lab;

public sealed class EventDraftTests
{
    [Fact]
    public void WritesTheEventAndCountsItsIdUp()
    {
        var draft = new EventDraft { Id = "41", Tipo = "ñ", Payload = """{"total": 12.50, "big": 1e400}""" };

        var json = draft.ToJson(1, out var problem);

        Assert.Null(problem);
        var evento = JsonElement.Parse(json ?? "");
        Assert.Equal((42, "ñ"), (evento.GetProperty("id").GetInt64(), evento.GetProperty("tipo").GetString()));
        Assert.Equal("""{"total":12.50,"big":1e400}""", evento.GetProperty("payload").GetRawText().Replace(" ", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{'a': 1}")]
    [InlineData("hola")]
    [InlineData("""{"a": "\ud800"}""")]
    [InlineData("""{"\udc00": 1}""")]
    public void HasNoEventForAPayloadThatIsNoJson(string payload)
    {
        var json = new EventDraft { Payload = payload }.ToJson(0, out var problem);

        Assert.Null(json);
        Assert.StartsWith("payload: ", problem);
    }

    [Theory]
    [InlineData("")]
    [InlineData("uno")]
    [InlineData("1.5")]
    [InlineData("99999999999999999999")]
    public void LeavesAnIdThatIsNoNumberToTheProducer(string id)
    {
        var json = new EventDraft { Id = id }.ToJson(3, out _);

        Assert.Equal(id, JsonElement.Parse(json ?? "").GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("re gion", "EU")]
    [InlineData("región", "EU")]
    [InlineData("region:", "EU")]
    [InlineData("region", "España")]
    [InlineData("region", "a\r\nX-Admin-Key: b")]
    public void RefusesAHeaderThatHttpCannotCarry(string name, string value)
    {
        var draft = new EventDraft { Headers = { new() { Name = name, Value = value } } };

        var json = draft.ToJson(0, out var problem);

        Assert.Null(json);
        Assert.StartsWith($"{name}: through HTTP", problem);
    }

    [Fact]
    public void SendsHeadersUnderTheProducersPrefixAndLeavesOutNamelessOnes()
    {
        var draft = new EventDraft { Exchange = "a&b", RoutingKey = "ñ#", Headers = { new() { Name = "region", Value = "EU" }, new() { Value = "ñ" } } };

        Assert.Equal([KeyValuePair.Create("X-Amqp-region", "EU")], draft.HttpHeaders);
        Assert.NotNull(draft.ToJson(0, out _));
        Assert.Equal("?exchange=a%26b&routingKey=%C3%B1%23", draft.Query);
    }

    [Fact]
    public void IsCopiedForABurstThatOutlivesTheNextEdit()
    {
        var draft = new EventDraft { Exchange = "pagos", RoutingKey = "k", Id = "4", Tipo = "pago", Payload = "1", Headers = { new() { Name = "a", Value = "b" } } };
        var copy = draft.Copy();
        var before = (copy.Query, copy.ToJson(0, out _), copy.HttpHeaders.Single());

        (draft.Exchange, draft.RoutingKey, draft.Id, draft.Tipo, draft.Payload) = ("", "x", "5", "otro", "2");
        draft.Headers[0].Value = "c";

        Assert.Equal(("?exchange=pagos&routingKey=k", """{"id":4,"tipo":"pago","payload":1}""", KeyValuePair.Create("X-Amqp-a", "b")), before);
        Assert.Equal(before, (copy.Query, copy.ToJson(0, out _), copy.HttpHeaders.Single()));
    }
}
