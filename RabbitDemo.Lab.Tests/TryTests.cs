namespace RabbitDemo.Lab.Tests;

public sealed class TryTests(Xunit.Abstractions.ITestOutputHelper output)
{
    [Fact]
    public async Task Try()
    {
        await using var browser = await Browser.StartAsync();
        foreach (var (w, lang, scheme) in new[] { (1280, "en-GB", Microsoft.Playwright.ColorScheme.Light), (390, "es-ES", Microsoft.Playwright.ColorScheme.Dark) })
        {
            await using var visit = await Visit.StartAsync(browser, new("http://localhost:8080"), width: w, language: lang, scheme: scheme);
            foreach (var path in new[] { "/", "/route", "/journey", "/dead-letters", "/system" })
            {
                await visit.GoAsync(path);
                if (path == "/")
                {
                    await visit.Page.Locator("#count").FillAsync("40");
                    await visit.Page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = w == 390 ? "Enviar una ráfaga" : "Send a burst" }).ClickAsync();
                    await Task.Delay(700);
                }

                await visit.PictureAsync($"{path.Trim('/')}-{w}");
                foreach (var barrier in (await visit.BarriersAsync()).Distinct().Take(12))
                    output.WriteLine($"{path} {w} {barrier}");
            }

            foreach (var complaint in visit.Complaints)
                output.WriteLine(complaint);
        }
    }
}
