using Microsoft.Playwright;
using RabbitDemo.Tests.AppHost;
using static Microsoft.Playwright.Assertions;

namespace RabbitDemo.Lab.Tests;

/// <summary>A failing event, from its retries to its dead letter, its redrive and its end.</summary>
[Collection(LabSystem.Collection)]
public sealed class FailureTests(LabSystem lab)
{
    [BrowserFact]
    public async Task FollowsAFailingEventToItsDeadLetterAndBack()
    {
        await lab.WithoutFaultsAsync("pedidos");
        await using var visit = await lab.VisitAsync();
        var page = visit.Page;
        var dots = await Dots.WatchAsync(visit);

        var id = await PublishFailingAsync(page, "pedidos", () => page.GetByLabel("Example").SelectOptionAsync(new SelectOptionValue { Label = "Topic: an order was created" }));
        await dots.SeenAsync("retried");
        await dots.SeenAsync("dead");

        await visit.GoAsync("/dead-letters");
        await page.Locator("#service").SelectOptionAsync("pedidos");
        var letter = page.Locator($"tr[data-letter='{id}']");
        await Expect(letter).ToContainTextAsync("handler-failed");
        await visit.PictureAsync("dead-letters");
        await visit.GoAsync($"/journey/{id}");
        await Expect(page.Locator("[data-place=order_events][data-state=dead]")).ToBeVisibleAsync();
        await Expect(page.Locator("[data-timeline=order_events] tr[data-kind=failed]")).ToHaveCountAsync(3);
        await Expect(page.Locator("[data-place=auditoria][data-state=stored]")).ToBeVisibleAsync();
        await visit.PictureAsync("journey-dead");

        await lab.WithoutFaultsAsync("pedidos");
        await visit.GoAsync("/dead-letters");
        await page.Locator("#service").SelectOptionAsync("pedidos");
        await page.GetByLabel($"Choose {id}").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Redrive chosen (1)" }).ClickAsync();
        await Expect(page.Locator("[data-done]")).ToHaveTextAsync("1 redriven.");
        await Expect(page.Locator($"tr[data-letter='{id}'] [data-fate]")).ToHaveTextAsync("now: stored");
        await page.Locator($"tr[data-letter='{id}'] a").ClickAsync();
        await Expect(page.Locator("[data-place=order_events][data-state=stored]")).ToBeVisibleAsync();
        await Expect(page.Locator("[data-timeline=order_events] tr[data-kind=redriven]")).ToHaveCountAsync(1);
        await Expect(page.Locator("[data-timeline=order_events] tr[data-kind=stored]")).ToHaveCountAsync(1);
        await visit.PictureAsync("journey-redriven");
        Assert.Empty(visit.Complaints);
    }

    [BrowserFact]
    public async Task TellsTheFateOfTheLetterThatWasRedrivenAndOfNoOther()
    {
        await lab.WithoutFaultsAsync("auditoria");
        await using var visit = await lab.VisitAsync();
        var page = visit.Page;
        await visit.GoAsync("/");
        var id = await PublishFailingAsync(page, "auditoria", () => page.Locator("#exchange").SelectOptionAsync("logs"));

        await visit.GoAsync("/dead-letters");
        await page.Locator("#service").SelectOptionAsync("auditoria");
        var (archive, alerts) = (LettersOf("logs_archivo"), LettersOf("logs_alertas"));
        await Expect(alerts).ToHaveCountAsync(1);
        await RedriveAsync();
        await Expect(archive).ToHaveCountAsync(2); // it failed again
        await lab.WithoutFaultsAsync("auditoria");
        await RedriveAsync();

        foreach (var i in new[] { 0, 1 })
            await Expect(archive.Nth(i).Locator("[data-fate]")).ToHaveTextAsync("now: stored");
        await Expect(alerts).ToHaveAttributeAsync("data-state", "dead");
        await Expect(alerts.Locator("[data-fate]")).ToHaveCountAsync(0);
        Assert.Empty(visit.Complaints);

        ILocator LettersOf(string queue) => page.Locator($"tr[data-letter='{id}']", new() { HasText = queue });

        async Task RedriveAsync()
        {
            await archive.Locator("input").CheckAsync();
            await page.GetByRole(AriaRole.Button, new() { Name = "Redrive chosen (1)" }).ClickAsync();
            await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Redrive chosen (0)" })).ToBeVisibleAsync(); // said with this answer, not with the one before
            await Expect(page.Locator("[data-done]")).ToHaveTextAsync("1 redriven.");
        }
    }

    [BrowserFact]
    public async Task SaysOfNoOtherServiceWhatBecameOfARedrive()
    {
        await lab.WithoutFaultsAsync("pedidos");
        await lab.WithoutFaultsAsync("usuarios");
        await using var visit = await lab.VisitAsync();
        var page = visit.Page;
        await visit.GoAsync("/");
        await PublishFailingAsync(page, "usuarios", () => page.GetByLabel("Example").SelectOptionAsync(new SelectOptionValue { Label = "Topic: a user was created" }));
        await visit.GoAsync("/"); // where nothing is said of the first one any more
        var id = await PublishFailingAsync(page, "pedidos", () => page.GetByLabel("Example").SelectOptionAsync(new SelectOptionValue { Label = "Topic: an order was created" }));
        await visit.GoAsync("/dead-letters");
        await page.Locator("#service").SelectOptionAsync("pedidos");
        await page.GetByLabel($"Choose {id}").CheckAsync();

        var node = lab.System.Host.Node.Id;
        Processes.Signal("STOP", node);
        try
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Redrive chosen (1)" }).ClickAsync();
            await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Redrive chosen (1)" })).ToBeDisabledAsync();
            await page.Locator("#service").SelectOptionAsync("usuarios");
            await Expect(page.Locator("tr[data-letter]").First).ToContainTextAsync("user_events");
        }
        finally
        {
            Processes.Signal("CONT", node);
        }

        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Redrive all" })).ToBeEnabledAsync();
        await Expect(page.Locator("[data-done]")).ToBeEmptyAsync();
        await lab.WithoutFaultsAsync("pedidos");
        await lab.WithoutFaultsAsync("usuarios");
        Assert.Empty(visit.Complaints);
    }

    [BrowserFact]
    public async Task DeletesADeadLetterAfterAsking()
    {
        await lab.WithoutFaultsAsync("usuarios");
        await using var visit = await lab.VisitAsync();
        var page = visit.Page;
        await visit.GoAsync("/");
        var id = await PublishFailingAsync(page, "usuarios", () => page.GetByLabel("Example").SelectOptionAsync(new SelectOptionValue { Label = "Topic: a user was created" }));

        await visit.GoAsync("/dead-letters");
        await page.Locator("#service").SelectOptionAsync("usuarios");
        var choice = page.GetByLabel($"Choose {id}");
        var (delete, dialog) = (page.GetByRole(AriaRole.Button, new() { Name = "Delete chosen (1)" }), page.GetByRole(AriaRole.Alertdialog));
        await Expect(choice).ToBeVisibleAsync();
        await visit.TabToAsync(choice);
        await page.Keyboard.PressAsync("Space");
        await Expect(delete).ToBeEnabledAsync();
        await visit.TabToAsync(delete, "Shift+Tab");
        await page.Keyboard.PressAsync("Enter");
        await Expect(dialog.GetByText("Keep them")).ToBeFocusedAsync();
        Assert.Empty(await visit.BarriersAsync());
        await page.Keyboard.PressAsync("Enter");
        await Expect(delete).ToBeFocusedAsync();
        await Expect(dialog).ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("Enter");
        await Expect(dialog.GetByText("Keep them")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(delete).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await visit.TabToAsync(dialog.GetByText("Delete 1"), "Shift+Tab");
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.Locator("[data-done]")).ToHaveTextAsync("1 deleted.");
        await Expect(page.Locator("[data-done]")).ToBeFocusedAsync();
        await Expect(page.Locator($"tr[data-letter='{id}'][data-state=deleted]")).ToBeVisibleAsync();
        await lab.WithoutFaultsAsync("usuarios");
        Assert.Empty(visit.Complaints);
    }

    /// <summary>From now on every attempt of the service fails.</summary>
    /// <returns>The published event's id.</returns>
    private static async Task<string> PublishFailingAsync(IPage page, string service, Func<Task> choose)
    {
        await page.GetByLabel("Service").SelectOptionAsync(service);
        await LiveTests.SlideAsync(page, "failing", 100);
        await choose();
        await page.GetByRole(AriaRole.Button, new() { Name = "Publish", Exact = true }).ClickAsync();
        return await page.Locator("[data-outcome] a").TextContentAsync() ?? "";
    }
}
