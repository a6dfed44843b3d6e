using System.Buffers;
using System.Text;
using RabbitDemo.Messaging;
using static RabbitDemo.Tests.Store.Deliveries;

namespace RabbitDemo.Tests.Consumer;

public sealed class OddPayloadTests
{
    /// <summary>Half a character, and as deep as may be sent: both are valid JSON.</summary>
    public static TheoryData<string> OddPayloads() =>
        ["""{"a":"\ud800"}""", $$"""{"a":{{new string('[', 62)}}{{new string(']', 62)}}}"""];

    [Theory]
    [MemberData(nameof(OddPayloads))]
    public async Task AreShownAsTheyWereSent(string payload)
    {
        await using var consumer = await ConsumerUnderTest.StartAsync();
        var (stored, dead) = (Event("a"), Event("b"));
        await consumer.Store.StoreAsync(stored, Noon, CancellationToken.None);
        await consumer.Store.BuryAsync(Letter(dead) with { Body = Wire(dead.Evento) }, CancellationToken.None);

        foreach (var path in new[] { "/messages", "/messages/a", "/dead-letters" })
            Assert.Contains(payload, await consumer.Client.GetStringAsync(path));

        Delivery Event(string id) => Of(id, "mensajes", EventoJson.Read(Encoding.UTF8.GetBytes($$"""{"id":1,"tipo":"t","payload":{{payload}}}"""), out _)!);
    }

    private static byte[] Wire(Evento evento)
    {
        var body = new ArrayBufferWriter<byte>();
        EventoJson.Write(evento, body);
        return body.WrittenSpan.ToArray();
    }
}
