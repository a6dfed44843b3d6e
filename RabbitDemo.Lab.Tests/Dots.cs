using Microsoft.Playwright;
using RabbitDemo.Tests;
using static Microsoft.Playwright.Assertions;

namespace RabbitDemo.Lab.Tests;

/// <summary>Counts the dots that a page draws, by kind: each is there for less than a second.</summary>
internal sealed class Dots
{
    private const string Count = """
        window.dotsSeen = {};
        new MutationObserver(changes => {
            for (const change of changes)
                for (const node of change.addedNodes)
                    if (node.classList?.contains("dot") && node.parentNode?.hasAttribute("data-dots"))
                        window.dotsSeen[node.classList[1]] = (window.dotsSeen[node.classList[1]] ?? 0) + 1;
        }).observe(document, { childList: true, subtree: true });
        """;

    private readonly IPage page;

    private Dots(IPage page) => this.page = page;

    /// <summary>Goes to the live page and waits until it draws: what happens before is not drawn later.</summary>
    public static async Task<Dots> WatchAsync(Visit visit)
    {
        await visit.Page.AddInitScriptAsync(Count);
        await visit.GoAsync("/");
        await Expect(visit.Page.Locator(".graph svg[data-mounted]")).ToBeVisibleAsync();
        return new(visit.Page);
    }

    public Task SeenAsync(string kind) => Eventually.TrueAsync($"a dot is drawn that was {kind}", Visit.Soon, async () =>
        await page.EvaluateAsync<int>("kind => window.dotsSeen[kind] ?? 0", kind) > 0);
}
