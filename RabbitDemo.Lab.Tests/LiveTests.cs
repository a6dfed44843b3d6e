using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using RabbitDemo.Tests;
using static Microsoft.Playwright.Assertions;

namespace RabbitDemo.Lab.Tests;

/// <summary>The live page, used as a person would.</summary>
[Collection(LabSystem.Collection)]
public sealed class LiveTests(LabSystem lab)
{
    [BrowserFact]
    public async Task ShowsAPublishedEventOnItsWayAndWhatTheQueuesHold()
    {
        await lab.WithoutFaultsAsync("consumer");
        await using var visit = await lab.VisitAsync();
        var dots = await Dots.WatchAsync(visit);
        await SlideAsync(visit.Page, "delay", 15_000); // while the first is handled, all of this is to be seen

        for (var (i, last) = (0, "none"); i < 3; i++)
            last = await PublishAsync(visit.Page, "To a queue by its name", last);

        await CountsAsync(visit.Page, "mensajes", ready: 2, unacked: 1, total: 3);
        await Expect(visit.Page.Locator("tr[data-queue=mensajes] [data-held]")).ToContainTextAsync("1, since ");
        await Expect(visit.Page.Locator("g.queue[data-node=mensajes]")).ToContainTextAsync("Ready 2 · Unacked 1 · Total 3");
        await visit.PictureAsync("live-waiting");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Reset" }).ClickAsync();
        await CountsAsync(visit.Page, "mensajes", ready: 0, unacked: 0, total: 0, within: TimeSpan.FromSeconds(40));
        await dots.SeenAsync("published");
        await dots.SeenAsync("delivered");
        await dots.SeenAsync("acknowledged");
        Assert.Empty(visit.Complaints);
    }

    [BrowserFact]
    public async Task CountsWhatTheProducerHasPublishedOnTheSystemPage()
    {
        await using var visit = await lab.VisitAsync();
        await visit.GoAsync("/");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Publish", Exact = true }).ClickAsync();
        await Expect(visit.Page.Locator("[data-outcome] a")).ToBeVisibleAsync();

        await visit.GoAsync("/system");

        await Expect(visit.Page.Locator("[data-part=producer] [data-publishes]"))
            .ToHaveTextAsync(new Regex("^published since its start: [1-9][0-9]* attempted, [1-9][0-9]* confirmed, "));
        Assert.Empty(visit.Complaints);
    }

    [BrowserFact]
    public async Task ForgetsTheRateOfALineThatIsDrawnAnew()
    {
        await using var visit = await lab.VisitAsync();
        await visit.GoAsync("/");
        await visit.Page.EvaluateAsync("""
            async () => {
                document.body.insertAdjacentHTML("beforeend",
                    "<svg id='alone'><path data-edge='a' d='M0 0 L9 9'></path><text data-flow='a'></text><g data-dots></g></svg>");
                const { mount } = await import("/graph.js");
                window.alone = mount(document.getElementById("alone"));
                window.feeding = setInterval(() => window.alone.show({ flows: { a: 7 }, dots: [] }), 100);
            }
            """);
        await Expect(visit.Page.Locator("#alone text")).ToHaveTextAsync(new Regex(@"^\d+/s$"));
        await Expect(visit.Page.Locator("#alone .busy")).ToHaveCountAsync(1);

        var left = await visit.Page.EvaluateAsync<string>("""
            () => {
                clearInterval(window.feeding);
                window.alone.clear();
                return `"${document.querySelector("#alone text").textContent}" and ${document.querySelectorAll("#alone .busy").length} busy`;
            }
            """);

        Assert.Equal("\"\" and 0 busy", left);
        Assert.Empty(visit.Complaints);
    }

    [BrowserFact]
    public async Task TellsWhyAnEventIsNotAccepted()
    {
        await using var visit = await lab.VisitAsync();
        var dots = await Dots.WatchAsync(visit);

        await visit.Page.GetByLabel("Example").SelectOptionAsync(new SelectOptionValue { Label = "Direct: a key that nobody is bound to" });
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Publish", Exact = true }).ClickAsync();

        await Expect(visit.Page.Locator("[data-outcome]")).ToContainTextAsync("producer answers 422");
        await dots.SeenAsync("returned");
        await visit.Page.GetByLabel("payload (JSON)").FillAsync("{not json");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Publish", Exact = true }).ClickAsync();
        await Expect(visit.Page.Locator("[data-outcome]")).ToContainTextAsync("payload: ");
        Assert.Empty(visit.Complaints);
    }

    [BrowserFact]
    public async Task SendsEveryExampleOfTheDocumentation()
    {
        await using var visit = await lab.VisitAsync();
        await visit.GoAsync("/");
        var examples = await visit.Page.Locator("#preset option").AllTextContentsAsync();

        var outcomes = new List<string>();
        foreach (var example in examples.Skip(1).Where(e => !e.Contains("nobody", StringComparison.Ordinal)))
            outcomes.Add(await PublishAsync(visit.Page, example, outcomes.LastOrDefault("none")));

        Assert.True(outcomes.Distinct().Count() == outcomes.Count && outcomes.Count >= 6, string.Join(", ", outcomes));
        Assert.Empty(visit.Complaints);
    }

    /// <summary>Publishes an example, and waits for its own answer: while the page waits for one, a click does nothing.</summary>
    /// <returns>The id that it was accepted under, other than the <paramref name="last"/> one.</returns>
    private static async Task<string> PublishAsync(IPage page, string example, string last)
    {
        var accepted = page.Locator("[data-outcome] a");
        await page.GetByLabel("Example").SelectOptionAsync(new SelectOptionValue { Label = example });
        await page.GetByRole(AriaRole.Button, new() { Name = "Publish", Exact = true }).ClickAsync();
        await Expect(accepted).Not.ToHaveTextAsync(last);
        return await accepted.TextContentAsync() ?? "";
    }

    internal static async Task BurstAsync(IPage page, int count)
    {
        await page.GetByLabel("Example").SelectOptionAsync(new SelectOptionValue { Label = "To a queue by its name" });
        await page.GetByLabel("How many").FillAsync(count.ToString(CultureInfo.InvariantCulture));
        await page.GetByRole(AriaRole.Button, new() { Name = "Send a burst" }).ClickAsync();
        await Expect(page.Locator($"progress[max='{count}'][data-accepted='{count}']")).ToBeVisibleAsync(Visit.Within(TimeSpan.FromSeconds(90)));
    }

    /// <summary>Moves a slider and waits until the service follows.</summary>
    internal static async Task SlideAsync(IPage page, string slider, int value)
    {
        await page.Locator($"#{slider}").EvaluateAsync(
            "(input, value) => { input.value = value; input.dispatchEvent(new Event('input', { bubbles: true })); }", value.ToString(CultureInfo.InvariantCulture));
        await Expect(page.Locator($"label[for={slider}] output")).ToHaveTextAsync(slider switch
        {
            "delay" => $"{value / 1_000} s",
            "failing" => $"{value} %",
            _ => $"{value}"
        });
        await Expect(page.Locator("[data-saved=true]")).ToBeVisibleAsync();
    }

    internal static Task CountsAsync(IPage page, string queue, int ready, int unacked, int total, TimeSpan? within = null)
    {
        return Eventually.GetAsync(
            $"the page says of {queue}: {ready} ready, {unacked} unacked, {total} in all", within ?? Visit.Soon,
            async () => (await CellAsync("ready"), await CellAsync("unacked"), await CellAsync("total")),
            counts => counts == ($"{ready}", $"{unacked}", $"{total}"));

        async Task<string> CellAsync(string count) => (await page.Locator($"tr[data-queue={queue}] [data-count={count}]").InnerTextAsync()).Trim();
    }
}
