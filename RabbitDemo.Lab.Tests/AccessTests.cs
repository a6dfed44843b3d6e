using System.Net;
using Aspire.Hosting.Testing;
using Microsoft.Playwright;
using RabbitDemo.Tests.AppHost;
using static Microsoft.Playwright.Assertions;

namespace RabbitDemo.Lab.Tests;

/// <summary>Outside development: the page asks for the key, and the services ask for it again.</summary>
[Collection(LabSystem.Collection)]
public sealed class AccessTests(LabSystem lab)
{
    [BrowserFact]
    public async Task AsksForTheKeyAndLetsTheServicesRefuse()
    {
        using var data = new TemporaryDirectory();
        await using var host = await RunningAppHost.StartAsync(data,
        [
            "--Broker=process", "--Lab=true", "--environment=Production", "--Parameters:broker-user=app", "--Parameters:broker-password=secret",
            "--RabbitDemo:AdminKey=right", "--RabbitDemo:SendKey=letmein", "--Services:auditoria:RabbitDemo:AdminKey=another"
        ]);
        foreach (var service in new[] { "producer", "consumer", "auditoria", "lab" })
            await host.HealthyAsync(service);

        await using var visit = await lab.VisitAsync(host.Application.GetEndpoint("lab", "http"));
        await visit.GoAsync("/dead-letters");

        await EnterAsync("wrong");
        await Expect(visit.Page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("That is not the key.");
        Assert.Equal(0, await visit.Page.Locator("[data-letters]").CountAsync());
        await EnterAsync("right");
        await Expect(visit.Page.Locator("[data-letters]")).ToBeVisibleAsync();
        await visit.Page.Locator("#service").SelectOptionAsync("auditoria");
        await Expect(visit.Page.GetByText("auditoria answers 401", new() { Exact = false })).ToBeVisibleAsync();
        using var consumer = host.Application.CreateHttpClient("consumer");
        using var refused = await consumer.GetAsync("/messages");

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Live" }).ClickAsync();
        await PublishAsync();
        await Expect(visit.Page.Locator("[data-outcome]")).ToContainTextAsync("producer answers 401");
        await visit.Page.GetByLabel("Key (RabbitDemo:SendKey)").FillAsync("letmein");
        await PublishAsync();
        await Expect(visit.Page.Locator("[data-outcome] a")).ToBeVisibleAsync();
        Assert.Empty(visit.Complaints);

        Task PublishAsync() => visit.Page.GetByRole(AriaRole.Button, new() { Name = "Publish", Exact = true }).ClickAsync();

        async Task EnterAsync(string key)
        {
            await visit.Page.GetByLabel("Key (RabbitDemo:AdminKey)").FillAsync(key);
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Enter" }).ClickAsync();
        }
    }
}
