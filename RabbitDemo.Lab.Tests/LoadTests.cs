using System.Diagnostics;
using System.Globalization;
using Microsoft.Playwright;
using Xunit.Abstractions;
using static Microsoft.Playwright.Assertions;

namespace RabbitDemo.Lab.Tests;

/// <summary>Many messages in front of two open pages: counts instead of dots, a page that answers, no growth.</summary>
[Collection(LabSystem.Collection)]
public sealed class LoadTests(LabSystem lab, ITestOutputHelper output)
{
    private const int Messages = 60_000;
    private const long MostGrowth = 20_000_000;

    /// <summary>Of the lab's process, garbage included: less than it would grow by if it kept 2 KB of every message. Seen: 14 to 24 million.</summary>
    private const long MostLabGrowth = 100_000_000;

    /// <summary>Of the time, in tasks after which a click would be answered late; sent as fast as it goes, with broker, services and two pages on the same processors.</summary>
    private const double MostBlocked = 0.2;

    /// <summary>More by hand: <c>LAB_BURSTS=1000 ./test --filter FullyQualifiedName~LoadTests</c>.</summary>
    private static readonly int Bursts = int.TryParse(Environment.GetEnvironmentVariable("LAB_BURSTS"), NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : 20;

    [BrowserFact]
    public async Task StaysSmoothAndFlatUnderLoad()
    {
        await lab.WithoutFaultsAsync("consumer");
        await using var sender = await lab.VisitAsync();
        await using var watcher = await lab.VisitAsync();
        await sender.GoAsync("/");
        await watcher.GoAsync("/");
        await LiveTests.SlideAsync(sender.Page, "prefetch", 200);
        await LiveTests.BurstAsync(sender.Page, 2_000);
        var before = (Page: await HeapAsync(watcher.Page), Lab: LabMemory());

        var clock = Stopwatch.StartNew();
        var sending = LiveTests.BurstAsync(sender.Page, Messages);
        await Expect(watcher.Page.Locator("text.flow").Filter(new() { HasTextRegex = new("[0-9]+/s") }).First).ToBeVisibleAsync();
        var longTasks = await LongTasks.WatchAsync(watcher.Page);
        var watched = clock.Elapsed;
        var (most, asked) = (0, 0);
        while (!sending.IsCompleted)
        {
            await watcher.Page.GetByRole(AriaRole.Button, new() { Name = "Add a header" }).ClickAsync();
            await Expect(watcher.Page.GetByLabel($"Header {++asked}: name")).ToBeVisibleAsync();
            most = Math.Max(most, await watcher.Page.Locator("[data-dots] circle").CountAsync());
            for (; asked > 4; asked--)
                await watcher.Page.GetByLabel($"Remove header {asked}").ClickAsync();
        }

        await sending;
        var tasks = await longTasks.SoFarAsync();
        Assert.NotEmpty(tasks);
        var blocked = tasks.Sum(task => task.TotalSeconds) / (clock.Elapsed - watched).TotalSeconds;
        output.WriteLine($"{Messages} messages in {clock.Elapsed.TotalSeconds:0.0} s; in {tasks.Count} long tasks, {blocked:P1} of the time, the longest {tasks.Max().TotalMilliseconds:0} ms; at most {most} dots");
        await LiveTests.CountsAsync(watcher.Page, "mensajes", 0, 0, 0, within: TimeSpan.FromSeconds(90));
        var after = (Page: await HeapAsync(watcher.Page), Lab: LabMemory());
        output.WriteLine($"page {before.Page:N0} → {after.Page:N0} bytes, lab {before.Lab:N0} → {after.Lab:N0} bytes");
        await lab.WithoutFaultsAsync("consumer");

        Assert.True(blocked < MostBlocked, $"The page answered nothing for {blocked:P0} of the time.");
        Assert.True(most <= 120, $"{most} dots at a time");
        Assert.True(after.Page - before.Page < MostGrowth, $"The page grew from {before.Page:N0} to {after.Page:N0} bytes.");
        Assert.True(after.Lab - before.Lab < MostLabGrowth, $"The lab grew from {before.Lab:N0} to {after.Lab:N0} bytes.");
        Assert.Empty(watcher.Complaints.Concat(sender.Complaints));
    }

    [BrowserFact]
    public async Task StaysFlatOverManyBursts()
    {
        await lab.WithoutFaultsAsync("consumer");
        await using var visit = await lab.VisitAsync();
        await visit.GoAsync("/");
        await LiveTests.SlideAsync(visit.Page, "prefetch", 50);
        await LiveTests.BurstAsync(visit.Page, 20);
        var before = (Page: await HeapAsync(visit.Page), Lab: LabMemory());

        for (var i = 0; i < Bursts; i++)
            await LiveTests.BurstAsync(visit.Page, 20 + ((i + 1) % 2)); // another number than the one before, so that each has a bar of its own

        await LiveTests.CountsAsync(visit.Page, "mensajes", 0, 0, 0);
        var after = (Page: await HeapAsync(visit.Page), Lab: LabMemory());
        output.WriteLine($"{Bursts} bursts: page {before.Page:N0} → {after.Page:N0} bytes, lab {before.Lab:N0} → {after.Lab:N0} bytes");
        await lab.WithoutFaultsAsync("consumer");

        Assert.True(after.Page - before.Page < MostGrowth, $"The page grew from {before.Page:N0} to {after.Page:N0} bytes.");
        Assert.True(after.Lab - before.Lab < MostLabGrowth, $"The lab grew from {before.Lab:N0} to {after.Lab:N0} bytes.");
        Assert.Empty(visit.Complaints);
    }

    private static Task<long> HeapAsync(IPage page) => page.EvaluateAsync<long>("() => { gc(); return performance.memory.usedJSHeapSize; }");

    private static long LabMemory()
    {
        // Started as a program by Aspire, and as a library of the runtime by the stand-in.
        string[] programs = ["/RabbitDemo.Lab\0", "/RabbitDemo.Lab.dll\0"];
        using var process = Process.GetProcessById(programs.SelectMany(program => RabbitDemo.Tests.AppHost.Processes.ThatMention(program)).First());
        return process.WorkingSet64;
    }
}
