using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace RabbitDemo.Lab.Tests;

/// <summary>What the page says while the broker or a service is away, and after it.</summary>
[Collection(LabSystem.Collection)]
public sealed class AwayTests(LabSystem lab)
{
    private static readonly TimeSpan Back = TimeSpan.FromSeconds(60);

    [BrowserFact]
    public async Task SaysThatTheBrokerIsAwayKeepsWhatItKnewAndGoesOn()
    {
        await lab.WithoutFaultsAsync("consumer");
        await using var open = await lab.VisitAsync();
        await open.GoAsync("/");
        await LiveTests.CountsAsync(open.Page, "mensajes", 0, 0, 0);

        lab.System.Host.Node.Kill();
        await Expect(open.Page.Locator("[data-broker-away]")).ToBeVisibleAsync(Visit.Within(Visit.Soon));
        await using var late = await lab.VisitAsync();
        await late.GoAsync("/");
        await Expect(late.Page.Locator("[data-broker-away]")).ToBeVisibleAsync();
        await Expect(late.Page.Locator("g.consumer.away")).ToHaveCountAsync(0);
        await Expect(open.Page.Locator("tr[data-queue=mensajes] [data-count=total]")).ToHaveTextAsync("0");
        await open.Page.GetByRole(AriaRole.Button, new() { Name = "Publish", Exact = true }).ClickAsync();
        await Expect(open.Page.Locator("[data-outcome]")).ToContainTextAsync("producer answers 503");
        await open.PictureAsync("broker-away");
        Assert.Empty(await open.BarriersAsync());

        await lab.System.StartAgainAsync("rabbitmq");
        foreach (var visit in new[] { open, late })
        {
            await Expect(visit.Page.Locator("[data-broker-away]")).ToBeHiddenAsync(new() { Timeout = (float)Back.TotalMilliseconds });
            await lab.System.HealthyAsync("producer", "consumer");
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Publish", Exact = true }).ClickAsync();
            await Expect(visit.Page.Locator("[data-outcome] a")).ToBeVisibleAsync();
        }
    }

    [BrowserFact]
    public async Task ShowsAServiceThatDiesAndComesBack()
    {
        await using var visit = await lab.VisitAsync();
        await visit.GoAsync("/");
        await Expect(visit.Page.Locator("g.consumer:not(.away)", new() { HasText = "usuarios" })).ToBeVisibleAsync();

        await lab.System.KillAsync("usuarios");
        await Expect(visit.Page.Locator("g.consumer.away", new() { HasText = "usuarios" })).ToBeVisibleAsync(Visit.Within(Visit.Soon));
        await lab.System.StartAgainAsync("usuarios");

        await Expect(visit.Page.Locator("g.consumer:not(.away)", new() { HasText = "usuarios" })).ToBeVisibleAsync(Visit.Within(Back));
        Assert.Empty(visit.Complaints);
    }
}
