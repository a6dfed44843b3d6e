using System.Text.Json;
using static RabbitDemo.Tests.Store.Deliveries;

namespace RabbitDemo.Tests.Consumer;

/// <summary>Reading on from where one was, a page at a time or as a stream.</summary>
public sealed class MessagePagesTests
{
    [Fact]
    public async Task EndAPageThatIsLargeAndGoOnAfterIt()
    {
        await using var consumer = await ConsumerUnderTest.StartAsync();
        var ids = await StoreLargeAsync(consumer, 12);

        var pages = new List<JsonElement[]>();
        for (var after = 0L; await PageAsync(after) is { Length: > 0 } page; after = page[^1].GetProperty("cursor").GetInt64())
            pages.Add(page);
        var newest = await consumer.GetAsync("/messages?limit=12");

        Assert.Equal([5, 5, 2], pages.Select(page => page.Length));
        Assert.Equal(ids, pages.SelectMany(page => page.Select(Id)));
        Assert.Equal(ids[^5..], newest.EnumerateArray().Select(Id));

        async Task<JsonElement[]> PageAsync(long after) => [.. (await consumer.GetAsync($"/messages?after={after}&limit=12")).EnumerateArray()];
    }

    [Fact]
    public async Task StreamAllThatIsLarge()
    {
        await using var consumer = await ConsumerUnderTest.StartAsync();
        var ids = await StoreLargeAsync(consumer, 12);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));

        using var response = await consumer.Client.GetAsync("/messages/stream?after=0", HttpCompletionOption.ResponseHeadersRead, deadline.Token);

        Assert.Equal(ids, await IdsAsync(response, ids.Length, deadline.Token));
    }

    [Fact]
    public async Task StreamAcrossReplicasFromWhereTheClientWas()
    {
        await using var first = await ConsumerUnderTest.StartAsync();
        await using var second = await first.ReplicaAsync();
        await first.StoreAsync("a", "b");
        var cursor = (await first.GetAsync("/messages?limit=1")).EnumerateArray().Single().GetProperty("cursor").GetInt64();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/messages/stream") { Headers = { { "Last-Event-ID", $"{cursor - 1}" } } };

        using var response = await first.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
        await second.StoreAsync("c");

        Assert.Equal(["b", "c"], await IdsAsync(response, 2, deadline.Token));
    }

    /// <returns>Their ids.</returns>
    private static async Task<string[]> StoreLargeAsync(ConsumerUnderTest consumer, int count)
    {
        string[] ids = [.. Enumerable.Range(0, count).Select(i => $"large-{i}")];
        foreach (var id in ids)
            await consumer.Store.StoreAsync(Large(id, 1_000_000), Noon, CancellationToken.None);

        return ids;
    }

    /// <summary>Reads a stream up to its event number <paramref name="count"/>.</summary>
    private static async Task<List<string>> IdsAsync(HttpResponseMessage stream, int count, CancellationToken deadline)
    {
        using var lines = new StreamReader(await stream.Content.ReadAsStreamAsync(deadline));
        var ids = new List<string>();
        while (ids.Count < count && await lines.ReadLineAsync(deadline) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
                ids.Add(Id(JsonElement.Parse(line[6..])));
        }

        return ids;
    }

    private static string Id(JsonElement message) => message.GetProperty("messageId").GetString() ?? "";
}
