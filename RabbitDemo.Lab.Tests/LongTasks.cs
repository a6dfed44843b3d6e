using Microsoft.Playwright;

namespace RabbitDemo.Lab.Tests;

/// <summary>
/// Tasks that keep a page from answering for more than 50 ms, by the browser's own measure (Long Tasks): how long a click takes a driver to
/// see answered says as much of the driver's own waits.
/// </summary>
internal sealed class LongTasks
{
    private readonly IPage page;

    private LongTasks(IPage page) => this.page = page;

    public static async Task<LongTasks> WatchAsync(IPage page)
    {
        await page.EvaluateAsync("""
            () => {
                window.longTasks = [];
                new PerformanceObserver(list => window.longTasks.push(...list.getEntries().map(entry => entry.duration))).observe({ type: 'longtask' });
                setTimeout(() => { for (const began = performance.now(); performance.now() - began < 100;); });
            }
            """);
        return new(page);
    }

    /// <summary>Those since it is watched, the watch's own of 100 ms among them: without that one it does not work.</summary>
    public async Task<IReadOnlyList<TimeSpan>> SoFarAsync() =>
        [.. (await page.EvaluateAsync<double[]>("() => window.longTasks")).Select(TimeSpan.FromMilliseconds)];
}
