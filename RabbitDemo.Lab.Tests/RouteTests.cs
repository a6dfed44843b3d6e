using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace RabbitDemo.Lab.Tests;

/// <summary>What-if and proof, for each exchange type.</summary>
[Collection(LabSystem.Collection)]
public sealed class RouteTests(LabSystem lab)
{
    [BrowserFact]
    public async Task ProvesOnTheBrokerWhatItSays()
    {
        await using var visit = await lab.VisitAsync();
        await visit.GoAsync("/route");

        await AskAndProveAsync(visit.Page, "mi_exchange", "user.created", null, ["user_events", "auditoria"]);
        await Expect(visit.Page.Locator("tr[data-destination=order_events]")).ToContainTextAsync("Word 1 of the key is \"user\", not \"order\".");
        await visit.PictureAsync("route");
        await AskAndProveAsync(visit.Page, "mi_exchange", "user.created.eu", null, ["auditoria"]);
        await AskAndProveAsync(visit.Page, "pagos", "payment.failed", null, ["pagos_fallidos"]);
        await AskAndProveAsync(visit.Page, "pagos", "payment.pending", null, []);
        await AskAndProveAsync(visit.Page, "logs", "", null, ["logs_archivo", "logs_alertas"]);
        await AskAndProveAsync(visit.Page, "", "mensajes", null, ["mensajes"]);
        await AskAndProveAsync(visit.Page, "regiones", "", ("region", "EU"), ["region_eu"]);
        Assert.Empty(visit.Complaints);
    }

    [BrowserFact]
    public async Task ProvesWhatEditedBindingsWouldDoAndLeavesNothing()
    {
        await using var visit = await lab.VisitAsync();
        await visit.GoAsync("/route");

        await visit.Page.GetByLabel("Binding 1: routing key").FillAsync("user.#");
        await visit.Page.GetByLabel("Binding 1: routing key").BlurAsync();
        await AskAndProveAsync(visit.Page, "mi_exchange", "user.created.eu", null, ["user_events", "auditoria"]);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Add a binding" }).ClickAsync();
        await visit.Page.GetByLabel("Binding 10: exchange").SelectOptionAsync("pagos");
        await visit.Page.GetByLabel("Binding 10: routing key").FillAsync("user.created.eu");
        await visit.Page.GetByLabel("Binding 10: leads to").SelectOptionAsync("→logs");
        await AskAndProveAsync(visit.Page, "pagos", "user.created.eu", null, ["logs_archivo", "logs_alertas"]);
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "As the system has them" }).ClickAsync();
        await AskAndProveAsync(visit.Page, "pagos", "user.created.eu", null, []);

        using var management = lab.System.Host.Management();
        Assert.DoesNotContain(await management.QueuesAsync("/"), queue => queue.StartsWith("lab.proof", StringComparison.Ordinal));
        Assert.DoesNotContain(await management.ExchangesAsync("/"), exchange => exchange.StartsWith("lab.proof", StringComparison.Ordinal));
        Assert.Empty(visit.Complaints);
    }

    private static async Task AskAndProveAsync(IPage page, string exchange, string key, (string Name, string Value)? header, string[] queues)
    {
        await page.Locator("#exchange").SelectOptionAsync(exchange);
        await page.Locator("#key").FillAsync(key);
        if (header is var (name, value))
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Add a header" }).ClickAsync();
            await page.GetByLabel("Header 1: name").FillAsync(name);
            await page.GetByLabel("Header 1: value").FillAsync(value);
            await page.GetByLabel("Header 1: value").BlurAsync();
        }

        await Expect(page.Locator("[data-queues] .tag")).ToHaveTextAsync(queues);
        await Expect(page.Locator("[data-steps] tr[data-matched=yes]")).Not.ToHaveCountAsync(queues.Length == 0 ? 1 : 0);
        await Expect(page.Locator(".graph path.on")).ToHaveCountAsync(await page.Locator("[data-steps] tr[data-matched=yes]").CountAsync());
        await page.GetByRole(AriaRole.Button, new() { Name = "Prove it on the broker" }).ClickAsync();
        await Expect(page.Locator("[data-proof=agrees]")).ToContainTextAsync(
            queues.Length == 0 ? "It returned the message: no queue got it." : $"It gave it to: {string.Join(", ", queues)}.");
    }
}
