using System.Collections.Concurrent;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace RabbitDemo.Lab.Tests;

/// <summary>Somebody at the lab, in a browser window of their own. What the browser complains of is kept.</summary>
internal sealed class Visit : IAsyncDisposable
{
    public static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private readonly IBrowserContext context;
    private readonly ConcurrentQueue<string> complaints = [];

    private Visit(IBrowserContext context, IPage page, Uri lab)
    {
        this.context = context;
        Page = page;
        Lab = lab;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                complaints.Enqueue($"{message.Type}: {message.Text}");
        };
        page.PageError += (_, error) => complaints.Enqueue(error);
        page.Response += (_, response) =>
        {
            if (response.Status >= 400)
                complaints.Enqueue($"{response.Status} {response.Url}");
        };
        page.Request += (_, request) =>
        {
            if (Uri.TryCreate(request.Url, UriKind.Absolute, out var asked) && asked.Scheme.StartsWith("http", StringComparison.Ordinal) && asked.Authority != lab.Authority)
                complaints.Enqueue($"asked another address: {request.Url}");
        };
    }

    public IPage Page { get; }

    public Uri Lab { get; }

    /// <summary>Errors and warnings of the browser, answers from 400 on, and requests to anywhere else.</summary>
    public IReadOnlyCollection<string> Complaints => complaints;

    public static async Task<Visit> StartAsync(
        Browser browser, Uri lab, int width = 1280, int height = 900, string language = "en-GB", ColorScheme scheme = ColorScheme.Light)
    {
        var context = await browser.OpenAsync(new()
        {
            ViewportSize = new() { Width = width, Height = height },
            Locale = language,
            ColorScheme = scheme
        });
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout((float)Soon.TotalMilliseconds);
        return new(context, page, lab);
    }

    /// <summary>Goes to a page of the lab and waits until it can be used.</summary>
    public async Task GoAsync(string path)
    {
        await Page.GotoAsync(new Uri(Lab, path).AbsoluteUri);
        await ReadyAsync();
    }

    public Task ReadyAsync() => Expect(Page.Locator("main[data-ready]")).ToBeVisibleAsync(Within(Soon));

    /// <summary>Presses a key until it has moved the focus to <paramref name="target"/>.</summary>
    public async Task TabToAsync(ILocator target, string key = "Tab")
    {
        const int most = 100;
        for (var presses = 0; presses < most; presses++)
        {
            await Page.Keyboard.PressAsync(key);
            if (await target.EvaluateAsync<bool>("element => element === document.activeElement"))
                return;
        }

        Assert.Fail($"{key}, pressed {most} times, does not lead to {target}.");
    }

    /// <summary>What of WCAG 2.2 AA the page does not keep, one line for each.</summary>
    public async Task<string[]> BarriersAsync()
    {
        var result = await Page.RunAxe(new AxeRunOptions { RunOnly = new() { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] } });
        return [.. result.Violations.SelectMany(v => v.Nodes, (v, node) => $"{v.Id}: {node.Html}")];
    }

    /// <summary>Kept with the build's output.</summary>
    public Task PictureAsync(string name) => Page.ScreenshotAsync(new() { Path = Path.Combine(Pictures.Folder, $"{name}.png"), FullPage = true });

    public static LocatorAssertionsToBeVisibleOptions Within(TimeSpan time) => new() { Timeout = (float)time.TotalMilliseconds };

    public ValueTask DisposeAsync() => context.DisposeAsync();
}

internal static class Pictures
{
    public static string Folder { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "RabbitDemo.sln")))
            folder = folder.Parent;

        return Path.Combine(folder?.FullName ?? AppContext.BaseDirectory, "artifacts", "lab");
    }
}
