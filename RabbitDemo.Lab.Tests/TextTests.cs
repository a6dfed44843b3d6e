using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using static Microsoft.Playwright.Assertions;

namespace RabbitDemo.Lab.Tests;

/// <summary>Whatever an event says, the page shows it as text.</summary>
[Collection(LabSystem.Collection)]
public sealed class TextTests(LabSystem lab)
{
    private const string Markup = "<img src=x onerror='window.hacked=1'><script>window.hacked=1</script>";

    [BrowserFact]
    public async Task ShowsMarkupAndControlCharactersAsText()
    {
        var tipo = $"<b>{Markup}</b>";
        var id = await SendAsync(new { id = 7, tipo, payload = new { texto = $"{Markup} \u0000\u0007\u202Eenlace: http://example.com/x" } });
        await using var visit = await lab.VisitAsync();

        await visit.GoAsync($"/journey/{id}");
        await Expect(visit.Page.Locator("[data-place=mensajes][data-state=stored]")).ToContainTextAsync(tipo);
        await visit.Page.Locator("[data-place=mensajes] summary").ClickAsync();
        await Expect(visit.Page.Locator("[data-place=mensajes] pre")).ToContainTextAsync("http://example.com/x");
        await visit.GoAsync($"/journey?by=tipo&value={Uri.EscapeDataString(tipo)}");
        await Expect(visit.Page.Locator("[data-found]")).ToContainTextAsync(id);

        Assert.False(await visit.Page.EvaluateAsync<bool>("() => 'hacked' in window"));
        Assert.Equal(0, await visit.Page.Locator("a[href*='example.com'], main img").CountAsync());
        Assert.Empty(visit.Complaints);
    }

    [BrowserFact]
    public async Task FindsAMessageWhoseIdIsThePathOfAnotherEndpoint()
    {
        await lab.WithoutFaultsAsync("consumer");
        string[] ids = [await lab.System.AcceptedAsync(1, key: "search"), await lab.System.AcceptedAsync(2, key: "Stream")];
        await lab.System.StoredAsync(ids);
        await using var visit = await lab.VisitAsync();

        foreach (var id in ids)
        {
            await visit.GoAsync($"/journey/{id}");
            await Expect(visit.Page.Locator("[data-place=mensajes][data-state=stored]")).ToContainTextAsync("registro");
            await Expect(visit.Page.Locator(".problem")).ToHaveCountAsync(0);
        }

        Assert.Empty(visit.Complaints);
    }

    [BrowserFact]
    public async Task ShowsMarkupInKeysAndHeadersAsText()
    {
        await using var visit = await lab.VisitAsync();
        await visit.GoAsync("/route");

        await visit.Page.Locator("#exchange").SelectOptionAsync("pagos");
        await visit.Page.Locator("#key").FillAsync(Markup);
        await Expect(visit.Page.Locator("tr[data-destination=pagos_fallidos]")).ToContainTextAsync($"The key is \"{Markup}\"");
        await visit.Page.GetByLabel("Binding 6: routing key").FillAsync(Markup);
        await visit.Page.GetByLabel("Binding 6: routing key").BlurAsync();
        await visit.Page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Prove it on the broker" }).ClickAsync();
        await Expect(visit.Page.Locator("[data-proof=agrees]")).ToContainTextAsync("It gave it to: pagos_confirmados.");
        await Expect(visit.Page.Locator(".graph")).ToContainTextAsync(Markup[..20]);
        await visit.Page.Locator("#exchange").SelectOptionAsync("regiones");
        await visit.Page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Add a header" }).ClickAsync();
        await visit.Page.GetByLabel("Header 1: name").FillAsync("region");
        await visit.Page.GetByLabel("Header 1: value").FillAsync(Markup);
        await visit.Page.GetByLabel("Header 1: value").BlurAsync();
        await Expect(visit.Page.Locator("tr[data-destination=region_eu]")).ToContainTextAsync(Markup);

        Assert.False(await visit.Page.EvaluateAsync<bool>("() => 'hacked' in window"));
        Assert.Empty(visit.Complaints);
    }

    [BrowserFact]
    public async Task ShowsTheBeginningOfAMegabyte()
    {
        var id = await SendAsync(new { id = 8, tipo = "grande", payload = new { texto = new string('m', 1_000_000) } });
        await using var visit = await lab.VisitAsync();

        await visit.GoAsync($"/journey/{id}");
        await visit.Page.Locator("[data-place=mensajes] summary").ClickAsync();

        var shown = await visit.Page.Locator("[data-place=mensajes] pre").TextContentAsync() ?? "";
        Assert.InRange(shown.Length, 10_000, 30_000);
        Assert.EndsWith("(1,000,012)", shown, StringComparison.Ordinal);
        Assert.Empty(visit.Complaints);
    }

    [BrowserFact]
    public async Task PublishesAMegabyteThatWasPastedIntoTheForm()
    {
        await using var visit = await lab.VisitAsync();
        await visit.GoAsync("/");

        await visit.Page.GetByLabel("payload (JSON)").FillAsync($$"""{"texto": "{{new string('m', 900_000)}}"}""");
        await visit.Page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Publish", Exact = true }).ClickAsync();

        await Expect(visit.Page.Locator("[data-outcome] a")).ToBeVisibleAsync();
        Assert.Empty(visit.Complaints);
    }

    private async Task<string> SendAsync(object evento)
    {
        await lab.WithoutFaultsAsync("consumer");
        using var response = await lab.System.SendAsync(JsonSerializer.Serialize(evento));
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var id = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("messageId").GetString() ?? "";
        await lab.System.StoredAsync([id]);
        return id;
    }
}
