using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace RabbitDemo.Lab.Tests;

/// <summary>Each page in both languages, both themes and both widths: readable for everybody, and without a complaint of the browser.</summary>
[Collection(LabSystem.Collection)]
public sealed class LookTests(LabSystem lab)
{
    private static readonly (string Path, string English, string Spanish)[] Pages =
    [
        ("/", "Live", "En vivo"), ("/route", "Route", "Ruta"), ("/journey", "Journey", "Recorrido"),
        ("/dead-letters", "Dead letters", "Mensajes muertos"), ("/system", "System", "Sistema")
    ];

    [BrowserFact]
    public async Task IsReadableInEnglishWideAndLight()
    {
        await using var visit = await lab.VisitAsync();

        foreach (var (path, title, _) in Pages)
            await LookAsync(visit, path, title, "wide");

        Assert.Empty(visit.Complaints);
    }

    [BrowserFact]
    public async Task IsReadableInSpanishNarrowAndDark()
    {
        await using var visit = await lab.VisitAsync(width: 390, height: 800, language: "es-ES", scheme: ColorScheme.Dark);

        foreach (var (path, _, title) in Pages)
        {
            await LookAsync(visit, path, title, "narrow");
            Assert.True(await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= 390, $"{path} is wider than the window");
        }

        Assert.Empty(visit.Complaints);
    }

    [BrowserFact]
    public async Task KeepsTheChosenLanguageAndTheme()
    {
        await using var visit = await lab.VisitAsync();
        await visit.GoAsync("/route");

        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Español" }).ClickAsync();
        await Expect(visit.Page.Locator("h1")).ToHaveTextAsync("Ruta");
        await Expect(visit.Page.Locator("tr[data-destination=order_events]")).ToContainTextAsync("La palabra 1 de la clave es «user», no «order».");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Claro u oscuro" }).ClickAsync();
        await visit.GoAsync("/system");

        await Expect(visit.Page.Locator("h1")).ToHaveTextAsync("Sistema");
        await Expect(visit.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        Assert.Empty(await visit.BarriersAsync());
        Assert.Empty(visit.Complaints);
    }

    [BrowserFact]
    public async Task CanBeUsedWithTheKeyboardAlone()
    {
        await using var visit = await lab.VisitAsync();
        await visit.GoAsync("/");
        var keyboard = visit.Page.Keyboard;

        // A new page puts the focus on its heading: back from there is the bar, forward the page itself.
        await keyboard.PressAsync("Shift+Tab");
        await Expect(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Light or dark" })).ToBeFocusedAsync();
        await keyboard.PressAsync("Enter");
        await Expect(visit.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await visit.TabToAsync(visit.Page.GetByLabel("Example"));
        await keyboard.PressAsync("ArrowDown");
        await visit.TabToAsync(visit.Page.GetByLabel("payload (JSON)"));
        await visit.TabToAsync(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Publish", Exact = true }));
        await keyboard.PressAsync("Enter");
        await Expect(visit.Page.Locator("[data-outcome] a")).ToBeVisibleAsync();
        await visit.TabToAsync(visit.Page.Locator("[data-outcome] a"));
        await keyboard.PressAsync("Enter");
        await Expect(visit.Page.Locator("h1")).ToHaveTextAsync("Journey");

        await Expect(visit.Page.Locator("h1")).ToBeFocusedAsync();
        Assert.Empty(visit.Complaints);
    }

    [BrowserFact]
    public async Task CanBeSwitchedToDarkWhereTheBrowserKeepsNothing()
    {
        await using var visit = await lab.VisitAsync();
        await visit.Page.AddInitScriptAsync(
            "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('Access is denied', 'SecurityError'); } })");
        await visit.GoAsync("/route");

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Light or dark" }).ClickAsync();

        await Expect(visit.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        Assert.Empty(visit.Complaints);
    }

    private static async Task LookAsync(Visit visit, string path, string title, string name)
    {
        await visit.GoAsync(path);
        await Expect(visit.Page.Locator("h1")).ToHaveTextAsync(title);
        if (path == "/system")
            await Expect(visit.Page.Locator("[data-health]")).ToHaveCountAsync(5);

        await visit.PictureAsync($"{name}{(path == "/" ? "-live" : path.Replace('/', '-'))}");
        Assert.Empty(await visit.BarriersAsync());
    }
}
