using System.Text.RegularExpressions;
using CsCheck;
using RabbitDemo.Lab.Routing;
using RabbitDemo.Messaging;
using RabbitDemo.Tests.Routing;

namespace RabbitDemo.Tests.Lab;

/// <summary>Spanish for all that the router can say.</summary>
public sealed class ReasonTextsTests
{
    private static readonly Regex English = new(
        @"\b(the|is|are|not|there|header|takes|took|key|keys|pattern|fits?|words?|message|without|value|condition|already|binding|queue|copy|but|such|work|name|every|exactly|least)\b",
        RegexOptions.IgnoreCase);

    private static readonly string[] Kinds = ["all", "any", "all-with-x", "any-with-x"];

    [Fact]
    public void HaveNothingEnglishLeft() => Assert.All(Made(), reason =>
    {
        var spanish = ReasonTexts.In("es", reason);

        Assert.NotEqual(reason, spanish);
        Assert.DoesNotMatch(English, WithoutValues(spanish));
    });

    [Fact]
    public void AreTriedWithEverySentenceOfTheRouter()
    {
        var made = Made();

        Assert.All(Sentences(), sentence => Assert.Contains(made, reason => reason.Contains(sentence, StringComparison.Ordinal)));
    }

    [Fact]
    public void HaveNothingEnglishLeftForAnyTopology() => RoutingCase.Any.Sample(
        any => Assert.All(
            any.Publications.SelectMany(p => Router.Route(any.Topology, p.Exchange, p.RoutingKey, p.Headers).Steps),
            step => Assert.DoesNotMatch(English, WithoutValues(ReasonTexts.In("es", step.Reason)))),
        iter: 300);

    [Fact]
    public void AreTheRoutersOwnInEnglish() => Assert.All(Made(), reason => Assert.Equal(reason, ReasonTexts.In("en", reason)));

    [Theory]
    [InlineData("The pattern takes exactly 1 word; the key has 3.", "El patrón pide exactamente 1 palabra; la clave tiene 3.")]
    [InlineData("The pattern takes at least 2 words; the key has 0.", "El patrón pide al menos 2 palabras; la clave tiene 0.")]
    [InlineData("The key is \"the key is there\", not \"b\".", "La clave es «the key is there», no «b».")]
    [InlineData("x-match any: region is \"EU\", not \"US\", there is no header a b, vip is there.", "x-match any: region es \"EU\", no \"US\", no está la cabecera a b, vip está.")]
    [InlineData("x-match all: size is without a value, not 5.", "x-match all: size es una cabecera sin valor, no 5.")]
    [InlineData("x-match all: a is \"is there, not \"x\". The queue has its copy already: it gets one.", "x-match all: a es \"is there, not \"x\". La cola ya tiene su copia: recibe una.")]
    public void LeaveWhatKeysAndHeadersHold(string english, string spanish) => Assert.Equal(spanish, ReasonTexts.In("es", english));

    private static HashSet<string> Made()
    {
        var made = new HashSet<string>();
        foreach (var (key, pattern) in new[] { ("a.b", "a.b"), ("a.b", "a.*"), ("a", "a.#"), ("b", "a"), ("", "*"), ("a.b.c", "a.b"), ("a", "*.#.b"), ("", "a.#"), ("a.c.d", "#.b.#") })
        {
            Add(new([new("x", ExchangeType.Topic)], [new("q", "test")], [new("x", "q", pattern), new("x", "q", pattern)]), key);
            Add(new([new("x", ExchangeType.Direct)], [new("q", "test")], [new("x", "q", pattern)]), key);
        }

        foreach (var kind in Kinds)
        {
            foreach (var value in new object?[] { "EU", "US", "", 1L, true, 1.5, null, new List<object?>() })
            {
                AddHeaders(new() { ["x-match"] = kind, ["region"] = value, ["x-h"] = null, ["vip"] = null }, new() { ["region"] = "EU", ["vip"] = true });
                AddHeaders(new() { ["x-match"] = kind, ["region"] = "EU", ["x-h"] = 1L }, new() { ["region"] = value, ["x-h"] = value });
            }

            AddHeaders(new() { ["x-match"] = kind }, []);
            AddHeaders(new() { ["x-match"] = kind, ["a b"] = null, ["paid"] = null }, []);
        }

        Add(new([new("x", ExchangeType.Fanout, "y"), new("y", ExchangeType.Fanout, "x")], [], [new("x", "y", ToExchange: true)]), "");
        Add(new([new("x", ExchangeType.Fanout)], [new("q", "test")], [new("x", "nowhere", ToExchange: true), new("x", "x", ToExchange: true), new("x", "q"), new("x", "q")]), "");
        made.UnionWith(Router.Route(Topology.Default, "", "mensajes", headers: null).Steps.Select(s => s.Reason));
        made.UnionWith(Router.Route(Topology.Default, "", "mensaje", headers: null).Steps.Select(s => s.Reason));
        return made;

        void AddHeaders(Dictionary<string, object?> arguments, Dictionary<string, object?> headers) =>
            Add(new([new("x", ExchangeType.Headers)], [new("q", "test")], [new("x", "q", Arguments: arguments), new("x", "q", Arguments: arguments)]), "", headers);

        void Add(Topology topology, string key, Dictionary<string, object?>? headers = null) =>
            made.UnionWith(Router.Route(topology, "x", key, headers).Steps.Select(s => s.Reason));
    }

    /// <summary>What of each literal in the router's source is fixed and has more than one word.</summary>
    private static string[] Sentences()
    {
        var code = Sources.All("RabbitDemo.Messaging/Routing", "*.cs").Select(file => Regex.Replace(file.Text, "//.*", ""));
        string[] sentences = [.. code.SelectMany(text => Regex.Matches(text, """\$?"((?:\\.|[^"\\])*)" """.TrimEnd()).Select(m => m.Groups[1].Value.Replace("\\\"", "\"", StringComparison.Ordinal)))
            .SelectMany(literal => Regex.Split(literal, @"\{[^{}]*\}"))
            .Select(piece => piece.Trim())
            .Where(piece => Regex.IsMatch(piece, """^[A-Za-z .:,;#"'-]*[A-Za-z]+ [A-Za-z]+[A-Za-z .:,;#"'-]*$"""))
            .Distinct()];
        Assert.True(sentences.Length > 15, $"Only {sentences.Length} were found.");
        return sentences;
    }

    private static string WithoutValues(string text) => Regex.Replace(text, "\".*?\"|«.*?»|x-match \\S+", "");
}
