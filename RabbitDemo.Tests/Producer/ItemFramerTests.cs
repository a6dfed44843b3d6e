using System.Buffers;
using System.Text;
using CsCheck;
using RabbitDemo.Producer.Batch;
using RabbitDemo.Tests.Contract;

namespace RabbitDemo.Tests.Producer;

public sealed class ItemFramerTests
{
    private static readonly Gen<int[]> Cuts = Gen.Int[1, 40].Array[0, 20];

    [Fact]
    public void FindsEveryLineHoweverTheBytesCome() =>
        Gen.Select(EventoGen.Events.Select(OneLine).Array[0, 6], Gen.OneOf("\n", "\r\n", "\n\n", " \n \n"), Gen.Bool, Cuts).Sample(
            (items, end, last, cuts) =>
            {
                var body = string.Join(end, items) + (last ? end : "");
                return Frame(body, cuts).SequenceEqual(items.Select(item => $"Whole {item.Trim()}"));
            },
            iter: 3_000);

    [Fact]
    public void FindsEveryElementHoweverTheBytesCome() =>
        Gen.Select(EventoGen.Events.Array[0, 6], Gen.OneOf("", " ", "\n"), Cuts).Sample(
            (items, space, cuts) =>
            {
                var body = $"{space}[{space}{string.Join($"{space},{space}", items)}{space}]{space}";
                return Frame(body, cuts).SequenceEqual(items.Select(item => $"Whole {item.Trim()}"));
            },
            iter: 3_000);

    [Fact]
    public void NeverThrowsAndKeepsNoMoreThanTheLimit() =>
        Gen.Select(Gen.OneOf((byte)'[', (byte)']', (byte)'{', (byte)'}', (byte)'"', (byte)'\\', (byte)',', (byte)'\n', (byte)' ', (byte)'a').Array[0, 80], Cuts).Sample(
            (body, cuts) => Frame(Encoding.ASCII.GetString(body), cuts, limit: 8).All(item => Encoding.UTF8.GetByteCount(item) <= "TooLarge ".Length + 8),
            iter: 10_000);

    [Theory]
    [InlineData("", "")]
    [InlineData(" \n\r\n ", "")]
    [InlineData("[]", "")]
    [InlineData(" [ ] ", "")]
    [InlineData("a\nb", "Whole a|Whole b")]
    [InlineData("[a,b]", "Whole a|Whole b")]
    [InlineData("[,]", "Whole |Whole ")]
    [InlineData("[a,]", "Whole a|Whole ")]
    [InlineData("[a", "Cut a")]
    [InlineData("[", "Cut ")]
    [InlineData("[\"]", "Cut \"]")]
    [InlineData("[a] b", "Whole a|Trailing ")]
    [InlineData("[a][b]", "Whole a|Trailing ")]
    [InlineData("[123456789,b]", "TooLarge |Whole b")]
    [InlineData("[\"a,b]]\",c]", "Whole \"a,b]]\"|Whole c")]
    [InlineData("[12345678]", "Whole 12345678")]
    [InlineData("123456789\nb", "TooLarge |Whole b")]
    [InlineData("a\n[b]", "Whole a|Whole [b]")]
    public void FramesWhatIsBrokenByWhatIsNot(string body, string items)
    {
        Assert.Equal(items, string.Join('|', Frame(body, [], limit: 8)));
        Assert.Equal(items, string.Join('|', Frame(body, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], limit: 8)));
    }

    private static string OneLine(string json) => json.ReplaceLineEndings(" ").Replace('\t', ' ');

    private static List<string> Frame(string body, int[] cuts, int limit = 4096)
    {
        var framer = new ItemFramer(limit);
        var found = new List<string>();
        var rest = Encoding.UTF8.GetBytes(body).AsMemory();
        foreach (var length in cuts.Append(int.MaxValue))
        {
            var piece = new ReadOnlySequence<byte>(rest[..Math.Min(length, rest.Length)]);
            rest = rest[(int)piece.Length..];
            while (framer.TryNext(ref piece))
            {
                found.Add(Describe(framer));
            }
        }

        if (framer.TryEnd())
            found.Add(Describe(framer));
        return found;
    }

    private static string Describe(ItemFramer framer) => $"{framer.Kind} {Encoding.UTF8.GetString(framer.Item).Trim(' ', '\t', '\r', '\n')}";
}
