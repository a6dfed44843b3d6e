using System.Net.Http.Json;
using System.Text.Json;
using Aspire.Hosting.Testing;
using static Microsoft.Playwright.Assertions;

namespace RabbitDemo.Lab.Tests;

/// <summary>How a service handles its events, changed on the live page as a person would.</summary>
[Collection(LabSystem.Collection)]
public sealed class HandlingTests(LabSystem lab)
{
    [BrowserFact]
    public async Task ChangesThePrefetchAtOnce()
    {
        await lab.WithoutFaultsAsync("consumer");
        await using var visit = await lab.VisitAsync();
        await visit.GoAsync("/");
        await LiveTests.SlideAsync(visit.Page, "delay", 15_000);

        await LiveTests.BurstAsync(visit.Page, 12);
        await LiveTests.CountsAsync(visit.Page, "mensajes", ready: 11, unacked: 1, total: 12);
        await LiveTests.SlideAsync(visit.Page, "prefetch", 5);

        // What was held already does not count against the new limit.
        await LiveTests.CountsAsync(visit.Page, "mensajes", ready: 6, unacked: 6, total: 12);

        await lab.WithoutFaultsAsync("consumer");
        await LiveTests.CountsAsync(visit.Page, "mensajes", ready: 0, unacked: 0, total: 0, within: TimeSpan.FromSeconds(40));
        Assert.Empty(visit.Complaints);
    }

    [BrowserFact]
    public async Task ChangesOnlyWhatWasMovedOfAPlanThatOthersChangeToo()
    {
        await lab.WithoutFaultsAsync("pedidos");
        await using var visit = await lab.VisitAsync();
        await visit.GoAsync("/");
        await visit.Page.GetByLabel("Service").SelectOptionAsync("pedidos");
        await LiveTests.SlideAsync(visit.Page, "failing", 10);
        using var http = lab.System.Application.CreateHttpClient("pedidos");
        using (await http.PutAsJsonAsync("/faults", new { failNext = 3 }))
        {
            await LiveTests.SlideAsync(visit.Page, "delay", 2_000);
        }

        var plan = await http.GetFromJsonAsync<JsonElement>("/faults");
        await lab.WithoutFaultsAsync("pedidos");

        Assert.Equal(
            (3, 0, 2_000),
            (plan.GetProperty("failNext").GetInt32(), plan.GetProperty("failPercent").GetInt32(), plan.GetProperty("delayMilliseconds").GetProperty("*").GetInt32()));
        Assert.Empty(visit.Complaints);
    }

    [BrowserFact]
    public async Task ShowsWhatOthersHaveChangedOfThePlan()
    {
        await lab.WithoutFaultsAsync("pedidos");
        await using var visit = await lab.VisitAsync();
        await visit.GoAsync("/");
        await visit.Page.GetByLabel("Service").SelectOptionAsync("pedidos");
        await Expect(visit.Page.Locator("[data-saved=true]")).ToBeVisibleAsync();
        var failing = visit.Page.Locator("label[for=failing] output");
        await Expect(failing).ToHaveTextAsync("0 %");

        using var http = lab.System.Application.CreateHttpClient("pedidos");
        using (await http.PutAsJsonAsync("/faults", new { failPercent = 35 }))
        {
            await Expect(failing).ToHaveTextAsync("35 %");
        }

        await lab.WithoutFaultsAsync("pedidos");
        await Expect(failing).ToHaveTextAsync("0 %");
        Assert.Empty(visit.Complaints);
    }
}
