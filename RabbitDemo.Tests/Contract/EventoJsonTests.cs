using System.Buffers;
using System.Text;
using CsCheck;
using RabbitDemo.Messaging;
using RabbitDemo.Producer;

namespace RabbitDemo.Tests.Contract;

public sealed class EventoJsonTests
{
    [Theory]
    [InlineData("""{"id":1,"tipo":"registro","payload":{"usuario":"admin"}}""")]
    [InlineData("""{"payload":{},"tipo":"a","id":-9223372036854775808}""")]
    [InlineData("""  { "id" : 9223372036854775807 , "tipo" : "\u00e1" , "payload" : { "a" : [ 1.50e3 , "\u0041 b" ] } }  """)]
    [InlineData("""{"\u0069d":0,"tipo":"x","payload":{"":null,"":null}}""")]
    public void TakesAnEventInAnySpelling(string json)
    {
        var evento = Read(json, out var problems);

        Assert.NotNull(evento);
        Assert.Empty(problems);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("nada", "")]
    [InlineData("null", "")]
    [InlineData("[]", "")]
    [InlineData("{\"id\":1,\"tipo\":\"a\",\"payload\":{}", "")]
    [InlineData("{\"id\":1,\"tipo\":\"a\",\"payload\":{}} {}", "")]
    [InlineData("{\"id\":1,\"tipo\":\"a\",\"payload\":{},}", "")]
    [InlineData("/**/{\"id\":1,\"tipo\":\"a\",\"payload\":{}}", "")]
    [InlineData("{\"tipo\":\"a\",\"payload\":{}}", "id")]
    [InlineData("{\"id\":\"1\",\"tipo\":\"a\",\"payload\":{}}", "id")]
    [InlineData("{\"id\":1.5,\"tipo\":\"a\",\"payload\":{}}", "id")]
    [InlineData("{\"id\":null,\"tipo\":\"a\",\"payload\":{}}", "id")]
    [InlineData("{\"id\":9223372036854775808,\"tipo\":\"a\",\"payload\":{}}", "id")]
    [InlineData("{\"id\":1,\"id\":1,\"tipo\":\"a\",\"payload\":{}}", "id")]
    [InlineData("{\"ID\":1,\"tipo\":\"a\",\"payload\":{}}", "ID", "id")]
    [InlineData("{\"id\":1,\"payload\":{}}", "tipo")]
    [InlineData("{\"id\":1,\"tipo\":\"\",\"payload\":{}}", "tipo")]
    [InlineData("{\"id\":1,\"tipo\":7,\"payload\":{}}", "tipo")]
    [InlineData("{\"id\":1,\"tipo\":{\"a\":[]},\"payload\":{}}", "tipo")]
    [InlineData("{\"id\":1,\"tipo\":\"a\\u0000\",\"payload\":{}}", "tipo")]
    [InlineData("{\"id\":1,\"tipo\":\"\\u0085\",\"payload\":{}}", "tipo")]
    [InlineData("{\"id\":1,\"tipo\":\"\\ud800\",\"payload\":{}}", "tipo")]
    [InlineData("{\"id\":1,\"tipo\":\"a\"}", "payload")]
    [InlineData("{\"id\":1,\"tipo\":\"a\",\"payload\":[]}", "payload")]
    [InlineData("{\"id\":1,\"tipo\":\"a\",\"payload\":null}", "payload")]
    [InlineData("{\"id\":1,\"tipo\":\"a\",\"payload\":{},\"otro\":{\"a\":1}}", "otro")]
    [InlineData("{\"id\":\"x\",\"tipo\":\"\",\"payload\":0,\"z\":0}", "id", "payload", "tipo", "z")]
    public void NamesEveryMemberThatIsWrong(string json, params string[] members)
    {
        var evento = Read(json, out var problems);

        Assert.Null(evento);
        Assert.Equal(members.Order(), problems.Select(p => p.Member).Distinct().Order());
    }

    [Theory]
    [InlineData(64, "[", null)]
    [InlineData(65, "[", "The body is nested deeper than 64 levels: line 2, byte 63.")]
    [InlineData(65, "{\"a\":", "The body is nested deeper than 64 levels: line 2, byte")]
    [InlineData(2_000, "[", "The body is nested deeper than 64 levels: line 2, byte 63.")]
    [InlineData(64, "[,", "The body is not JSON: line 2, byte 2.")]
    public void SaysOfWhatIsNestedTooDeepThatItIs(int levels, string open, string? problem)
    {
        var close = open[0] == '[' ? "]" : "}";
        var inner = open[0] == '[' ? "" : "0";
        var nested = string.Concat(Enumerable.Repeat(open, levels - 2)) + inner + string.Concat(Enumerable.Repeat(close, levels - 2));

        var evento = Read($$$"""{"id":1,"tipo":"a","payload":{"p":{{{"\n"}}}{{{nested}}}}}""", out var problems);

        Assert.Equal(problem is null, evento is not null);
        Assert.StartsWith(problem ?? "", string.Concat(problems.Select(p => p.Message)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(255, true)]
    [InlineData(256, false)]
    public void CountsTheBytesOfTipo(int bytes, bool taken)
    {
        var tipo = string.Concat(Enumerable.Repeat("ñ", bytes / 2)) + (bytes % 2 == 1 ? "n" : "");

        var evento = Read($$$"""{"id":1,"tipo":"{{{tipo}}}","payload":{}}""", out _);

        Assert.Equal(taken, evento is not null);
    }

    [Fact]
    public void WritesWhatAProducerTakesNoLargerThanAConsumerTakes()
    {
        var limit = new ProducerOptions().MaxBodyBytes;
        var tipo = new string('+', 255); // each is written as six
        var empty = $$$"""{"id":1,"tipo":"{{{tipo}}}","payload":{"p":""}}""";
        var evento = Read(empty.Replace("\"\"", $"\"{new string('x', limit - empty.Length)}\"", StringComparison.Ordinal), out _);

        var written = new ArrayBufferWriter<byte>();
        EventoJson.Write(evento!, written);

        Assert.InRange(written.WrittenCount, limit + 1, new ReceiverOptions().MaxBodyBytes);
    }

    [Fact]
    public void RefusesWhatIsNotUtf8()
    {
        byte[] latin1 = [.. "{\"id\":1,\"tipo\":\""u8, 0xE1, .. "\",\"payload\":{}}"u8];

        var evento = EventoJson.Read(latin1, out var problems);

        Assert.Null(evento);
        Assert.Equal("The body is not valid UTF-8.", Assert.Single(problems).Message);
    }

    [Fact]
    public void RefusesMoreThan64Levels()
    {
        static string Nested(int arrays) =>
            $$$"""{"id":1,"tipo":"a","payload":{"a":{{{new string('[', arrays)}}}{{{new string(']', arrays)}}}}}""";

        Assert.NotNull(Read(Nested(62), out _));
        Assert.Null(Read(Nested(63), out _));
    }

    [Fact]
    public void SaysAtMostSixteenThings()
    {
        var json = $"{{{string.Join(',', Enumerable.Repeat("\"z\":0", 100_000))}}}";

        Read(json, out var problems);

        Assert.Equal(16, problems.Count);
    }

    [Fact]
    public void WritesMembersInOrderAndPayloadAsItCame()
    {
        var evento = Read(" { \"payload\" : { \"a\" : [ 1.50e3 , \"\\u0041 \\\" b\" ] , \"a\" : {} } , \"tipo\" : \"x\" , \"id\" : 7 } ", out _);

        Assert.NotNull(evento);
        Assert.Equal("""{"id":7,"tipo":"x","payload":{"a":[1.50e3,"\u0041 \" b"],"a":{}}}""", Write(evento));
    }

    [Fact]
    public void NeverThrowsWhateverTheBytes() =>
        Gen.Byte.Array[0, 200].Sample(bytes => { EventoJson.Read(bytes, out _); }, iter: 20_000);

    [Fact]
    public void TakesExactlyWhatTheModelTakes() =>
        EventoGen.NearlyEvents.Sample(
            bytes => (EventoJson.Read(bytes, out var problems) is not null) == EventoModel.Takes(bytes) && problems.Count > 0 != EventoModel.Takes(bytes),
            iter: 50_000,
            print: bytes => Encoding.UTF8.GetString(bytes));

    [Fact]
    public void WritesWhatReadsBackTheSame() =>
        EventoGen.Events.Sample(
            json =>
            {
                var first = Read(json, out _);
                if (first is null)
                    return false;

                var written = Write(first);
                var second = Read(written, out _);
                return second is not null
                    && (second.Id, second.Tipo) == (first.Id, first.Tipo)
                    && EventoModel.SameJson(second.Payload, first.Payload)
                    && Write(second) == written;
            },
            iter: 20_000);

    private static Evento? Read(string json, out IReadOnlyList<EventoProblem> problems) =>
        EventoJson.Read(Encoding.UTF8.GetBytes(json), out problems);

    private static string Write(Evento evento)
    {
        var output = new ArrayBufferWriter<byte>();
        EventoJson.Write(evento, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
