using System.Text.RegularExpressions;
using System.Xml.Linq;
using RabbitDemo.Lab.Journeys;
using RabbitDemo.Lab.Live;
using RabbitDemo.Messaging;

namespace RabbitDemo.Tests.Lab;

public sealed class TextsTests
{
    /// <summary>What services answer and pages show through the texts.</summary>
    private static readonly string[] States =
        ["stored", "waiting", "dead", "discarded", "redriven", "deleted", "any", "Healthy", "Degraded", "Unhealthy"];

    private static readonly Dictionary<string, string> Spanish = Sources.All("RabbitDemo.Lab/Texts", "Texts.es.resx")
        .SelectMany(file => XDocument.Parse(file.Text).Descendants("data"))
        .ToDictionary(data => data.Attribute("name")?.Value ?? "", data => data.Element("value")?.Value ?? "");

    [Fact]
    public void AreInSpanishWhateverAPageSays() => Assert.Empty(Used().Except(Spanish.Keys));

    [Fact]
    public void AreAllUsed() => Assert.Empty(Spanish.Keys.Except(Used()));

    [Fact]
    public void TakeTheSameValuesInSpanish() =>
        Assert.All(Spanish, text => Assert.Equal(Placeholders(text.Key), Placeholders(text.Value)));

    [Fact]
    public void AreNeverEmpty() => Assert.All(Spanish, text => Assert.NotEmpty(text.Value.Trim()));

    private static HashSet<string> Used()
    {
        var pages = Sources.All("RabbitDemo.Lab", "*.razor").ToArray();
        var literals = pages.SelectMany(page => Regex.Matches(page.Text, """\bT\["((?:\\.|[^"\\])*)"[\],]""").Select(m => m.Groups[1].Value));
        var legend = pages.Single(page => page.Name == "Legend.razor").Text;
        var kinds = Regex.Matches(legend, """\("\w+", "([^"]+)"\)""").Select(m => m.Groups[1].Value);
        var presets = Preset.For(Topology.Default with { Exchanges = [.. Topology.Default.Exchanges, new("curso", ExchangeType.Topic)] }).Select(p => p.Title);
        return [.. literals, .. kinds, .. presets, .. Stretches(), .. States];
    }

    /// <summary>Every text that a stretch of time can have.</summary>
    private static IEnumerable<string> Stretches()
    {
        var at = Batches.Noon;
        string[] outcomes = ["stored", "failed", "timed-out", "abandoned", "unfinished"];
        var place = new Place
        {
            State = "waiting",
            Attempts = [.. outcomes.Select((outcome, i) => new Attempt(i, at.AddSeconds(10 * (i + 1)), at.AddSeconds(10 * i + 11), outcome, null, "c"))],
            DeadLetters = [new(1, "attempts", null, at.AddMinutes(2), 1, "redriven", at.AddMinutes(3))]
        };
        return Timeline.Of(place, at, at.AddSeconds(1)).Select(s => s.Text);
    }

    private static IEnumerable<string> Placeholders(string text) => Regex.Matches(text, @"\{\d+\}").Select(m => m.Value).Order();
}
