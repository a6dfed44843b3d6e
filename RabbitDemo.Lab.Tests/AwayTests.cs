using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Aspire.Hosting.Testing;
using Microsoft.Playwright;
using RabbitDemo.Tests;
using RabbitDemo.Tests.EndToEnd;
using RabbitDemo.Tests.Movements;
using static Microsoft.Playwright.Assertions;

namespace RabbitDemo.Lab.Tests;

/// <summary>What the page says while the broker or a service is away, and after it.</summary>
[Collection(LabSystem.Collection)]
public sealed class AwayTests(LabSystem lab)
{
    private static readonly TimeSpan Back = TimeSpan.FromSeconds(60);

    /// <summary>By then a page shows a process as gone that is silent while the broker can be heard: it takes 3.5 s, and up to 0.5 s until it is drawn.</summary>
    private static readonly TimeSpan ShownAsGone = TimeSpan.FromSeconds(6);

    [BrowserFact]
    public async Task SaysThatTheBrokerIsAwayKeepsWhatItKnewAndGoesOn()
    {
        await lab.WithoutFaultsAsync("consumer");
        await using var open = await lab.VisitAsync();
        await open.GoAsync("/");
        await LiveTests.CountsAsync(open.Page, "mensajes", 0, 0, 0);

        lab.System.Host.Node.Kill();
        var clock = Stopwatch.StartNew();
        await Expect(open.Page.Locator("[data-broker-away]")).ToBeVisibleAsync(Visit.Within(Visit.Soon));
        await using var late = await lab.VisitAsync();
        await late.GoAsync("/");
        await Expect(late.Page.Locator("[data-broker-away]")).ToBeVisibleAsync();
        await Expect(open.Page.Locator("tr[data-queue=mensajes] [data-count=total]")).ToHaveTextAsync("0");
        await open.Page.GetByRole(AriaRole.Button, new() { Name = "Publish", Exact = true }).ClickAsync();
        await Expect(open.Page.Locator("[data-outcome]")).ToContainTextAsync("producer answers 503");
        await open.PictureAsync("broker-away");
        Assert.Empty(await open.BarriersAsync());
        do
        {
            foreach (var visit in new[] { open, late })
                Assert.Equal(0, await visit.Page.Locator("g.consumer.away").CountAsync());
        }
        while (clock.Elapsed < ShownAsGone);

        await lab.System.StartAgainAsync("rabbitmq");
        foreach (var visit in new[] { open, late })
        {
            await Expect(visit.Page.Locator("[data-broker-away]")).ToBeHiddenAsync(new() { Timeout = (float)Back.TotalMilliseconds });
            foreach (var service in new[] { "producer", "consumer" })
                await lab.ReadyAsync(service); // what the orchestrator last saw may be half a minute old
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Publish", Exact = true }).ClickAsync();
            await Expect(visit.Page.Locator("[data-outcome] a")).ToBeVisibleAsync();
        }
    }

    [BrowserFact]
    public async Task SaysThatTheBrokerHasAnAlarmAndTakesNobodyForGone()
    {
        await using var hearing = await Hearing.StartAsync(new(await lab.System.Application.GetConnectionStringAsync("rabbitmq") ?? ""));
        await hearing.WhenHeardAsync("usuarios");
        await using var visit = await lab.VisitAsync();
        await visit.GoAsync("/");
        var running = visit.Page.Locator("g.consumer:not(.away)", new() { HasText = "usuarios" });
        await Expect(running).ToBeVisibleAsync();

        await lab.System.Host.ControlBrokerAsync("set_vm_memory_high_watermark", "absolute", "1MB");
        try
        {
            await Expect(visit.Page.Locator("[data-broker-alarm]")).ToContainTextAsync("memory", new() { Timeout = (float)Visit.Soon.TotalMilliseconds });
            await Eventually.TrueAsync("usuarios is silent for longer than a process may be", Visit.Soon, () => Task.FromResult(
                hearing.Batches.Last(batch => batch.Service == "usuarios").At < DateTimeOffset.UtcNow.Subtract(ShownAsGone)));
            await Expect(running).ToBeVisibleAsync();
        }
        finally
        {
            await lab.System.Host.ControlBrokerAsync("set_vm_memory_high_watermark", "0.4");
        }

        await Expect(visit.Page.Locator("[data-broker-alarm]")).ToBeHiddenAsync(new() { Timeout = (float)Back.TotalMilliseconds });
        await Expect(running).ToBeVisibleAsync();
        Assert.Empty(visit.Complaints);
    }

    [BrowserFact]
    public async Task KeepsShowingAJourneyWhileItsConsumerIsAway()
    {
        await lab.WithoutFaultsAsync("usuarios");
        using var response = await lab.System.SendAsync("""{"id": 9, "tipo": "alta", "payload": {}}""", "?exchange=mi_exchange&routingKey=user.created");
        var id = RunningSystem.MessageId(await response.Content.ReadFromJsonAsync<JsonElement>());
        await using var visit = await lab.VisitAsync();
        await using var other = await lab.VisitAsync();
        await visit.GoAsync($"/journey/{id}");
        var place = visit.Page.Locator("[data-place=user_events][data-state=stored]");
        await Expect(place).ToBeVisibleAsync();

        await lab.System.KillAsync("usuarios");
        await Expect(visit.Page.GetByText("usuarios does not answer.")).ToBeVisibleAsync(Visit.Within(Visit.Soon));
        await Expect(place).ToBeVisibleAsync();
        await other.GoAsync("/journey/nobody-knows-it");
        await Expect(other.Page.GetByText("usuarios does not answer.")).ToBeVisibleAsync();
        var nobody = other.Page.GetByText("No consumer knows this message", new() { Exact = false });
        await Expect(nobody).ToHaveCountAsync(0); // one of them has not been heard
        await lab.System.StartAgainAsync("usuarios");

        await Expect(visit.Page.GetByText("usuarios does not answer.")).ToHaveCountAsync(0, new() { Timeout = (float)Back.TotalMilliseconds });
        await Expect(place).ToBeVisibleAsync();
        await Expect(nobody).ToBeVisibleAsync();
        Assert.Empty(visit.Complaints);
    }

    [BrowserFact]
    public async Task ShowsAServiceThatDiesAndComesBack()
    {
        await using var visit = await lab.VisitAsync();
        await visit.GoAsync("/");
        await Expect(visit.Page.Locator("g.consumer:not(.away)", new() { HasText = "usuarios" })).ToBeVisibleAsync();

        await lab.System.KillAsync("usuarios");
        await Expect(visit.Page.Locator("g.consumer.away", new() { HasText = "usuarios" })).ToBeVisibleAsync(Visit.Within(Visit.Soon));
        await visit.Page.GetByLabel("Service").SelectOptionAsync("usuarios");
        var handling = visit.Page.Locator("section[aria-labelledby=handling]");
        await Expect(handling).ToContainTextAsync("usuarios does not answer.");
        await lab.System.StartAgainAsync("usuarios");

        await Expect(visit.Page.Locator("g.consumer:not(.away)", new() { HasText = "usuarios" })).ToBeVisibleAsync(Visit.Within(Back));
        await Expect(handling.Locator("#delay")).ToBeVisibleAsync(Visit.Within(Back));
        await Expect(handling).Not.ToContainTextAsync("does not answer");
        Assert.Empty(visit.Complaints);
    }
}
