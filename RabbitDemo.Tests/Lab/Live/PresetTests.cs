using System.Text.Json;
using System.Web;
using RabbitDemo.Lab.Live;
using RabbitDemo.Messaging;
using RabbitDemo.Tests.Docs;

namespace RabbitDemo.Tests.Lab;

public sealed class PresetTests
{
    private const string HeaderPrefix = "X-Amqp-";

    /// <summary>With the exchange that the page's own settings add.</summary>
    private static readonly Topology OfThePage = Topology.Default with { Exchanges = [.. Topology.Default.Exchanges, new("curso", ExchangeType.Topic)] };

    [Theory]
    [InlineData("amqp.md")]
    [InlineData("amqp.es.md")]
    public void AreTheMessagesThatTheDocumentSends(string page)
    {
        var shown = DocPage.Read(page).Examples.Where(e => e.Request.Method == HttpMethod.Post && e.Request.Address.AbsolutePath == "/send").Select(e => OfRequest(e.Request));

        var offered = Preset.For(OfThePage).Select(p => new Sent(p.Exchange, p.RoutingKey, p.Tipo, p.Payload, p.HeaderName, p.HeaderValue));

        Assert.Equal(shown.OrderBy(s => s.ToString(), StringComparer.Ordinal), offered.OrderBy(s => s.ToString(), StringComparer.Ordinal));
    }

    [Fact]
    public void LeaveOutThoseWhoseExchangeIsNotThere()
    {
        var offered = Preset.For(Topology.Default).Select(p => p.Exchange);

        Assert.DoesNotContain("curso", offered);
        Assert.Contains("regiones", offered);
    }

    private static Sent OfRequest(CurlCommand request)
    {
        var query = HttpUtility.ParseQueryString(request.Address.Query);
        var body = JsonElement.Parse(request.Body ?? "");
        var header = request.Headers.Where(h => h.Name.StartsWith(HeaderPrefix, StringComparison.Ordinal)).Select(h => ((string, string)?)(h.Name[HeaderPrefix.Length..], h.Value)).SingleOrDefault();
        return new(
            query["exchange"] ?? "", query["routingKey"] ?? (query["exchange"] is null ? "mensajes" : ""),
            body.GetProperty("tipo").GetString() ?? "", body.GetProperty("payload").GetRawText(), header?.Item1, header?.Item2);
    }

    private sealed record Sent(string Exchange, string RoutingKey, string Tipo, string Payload, string? HeaderName, string? HeaderValue);
}
