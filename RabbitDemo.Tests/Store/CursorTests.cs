using RabbitDemo.Consumer.Messages;
using static RabbitDemo.Tests.Store.Deliveries;

namespace RabbitDemo.Tests.Store;

[Collection(DatabaseCollection.Name)]
public sealed class CursorTests(Databases databases)
{
    private static readonly MessageFilter All = new(null, null);

    [Theory, OnSqlite, OnPostgres]
    public async Task AReaderThatFollowsMissesNothingWhileReplicasWrite(DatabaseKind kind)
    {
        const int Each = 400;
        await using var store = await databases.CreateAsync(kind);
        // SQLite lets whoever comes first have the lock: one replica may wait for all that the others write.
        var replicas = Enumerable.Range(0, 3).Select(_ => store.Replica(timeoutSeconds: 60)).ToArray();
        var reader = new MessageQueries(store.Replica());
        await replicas[0].PrepareAsync(CancellationToken.None);

        // Each writes in small groups, so that the replicas' transactions alternate.
        var writing = Task.WhenAll(replicas.Select(async (replica, r) =>
        {
            foreach (var group in Enumerable.Range(0, Each).Chunk(5))
                await Task.WhenAll(group.Select(i => replica.StoreAsync(Of($"{r}-{i}"), Noon, CancellationToken.None).AsTask()));
        }));
        var followed = new List<StoredMessage>();
        await Eventually.GetAsync("the reader has followed to the end", TimeSpan.FromSeconds(60), async () =>
        {
            followed.AddRange((await reader.PageAsync(All, followed.Count == 0 ? 0 : followed[^1].Cursor, limit: 50, CancellationToken.None)).Events);
            return followed.Count;
        }, count => count >= 3 * Each);
        await writing;

        Assert.Equal(3 * Each, followed.Select(m => m.MessageId).Distinct().Count());
        Assert.Equal(followed.Select(m => m.Cursor).Order(), followed.Select(m => m.Cursor));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task AFollowerOfARareKindLeavesTheOthersBehind(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica();
        var messages = new MessageQueries(replica);
        var follower = new MessageFollower(messages, new MessageFilter("raro", null), start: 0, pageSize: 2);
        foreach (var i in Enumerable.Range(0, 3))
            await replica.StoreAsync(Of($"id-{i}", tipo: i == 0 ? "raro" : "comun"), Noon, CancellationToken.None);

        var first = await follower.NextAsync(CancellationToken.None);
        var cursor = follower.Cursor;
        foreach (var i in Enumerable.Range(3, 3))
            await replica.StoreAsync(Of($"id-{i}", tipo: "raro"), Noon, CancellationToken.None);
        var full = await follower.NextAsync(CancellationToken.None);
        var rest = await follower.NextAsync(CancellationToken.None);

        Assert.Equal([["id-0"], ["id-3", "id-4"], ["id-5"]], new[] { first, full, rest }.Select(page => page.Events.Select(m => m.MessageId)));
        Assert.Equal(first.Events[0].Cursor + 2, cursor);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task AFollowerOfLargeEventsMissesNoneAfterAPageThatTheyFilled(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica();
        var follower = new MessageFollower(new MessageQueries(replica), new MessageFilter("registro", "mensajes"), start: 0, pageSize: 10);
        int[] megabytes = [1, 2, 2, 9, 1, 9];
        for (var i = 0; i < megabytes.Length; i++)
            await replica.StoreAsync(Large($"id-{i}", megabytes[i] * 1_000_000), Noon, CancellationToken.None);

        var pages = new List<MessagePage>();
        do
        {
            pages.Add(await follower.NextAsync(CancellationToken.None));
        }
        while (pages[^1].IsFull);

        Assert.Equal([["id-0", "id-1", "id-2"], ["id-3"], ["id-4", "id-5"], []], pages.Select(page => page.Events.Select(m => m.MessageId)));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task GivesTheNewestPageInTheOrderOfStoring(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica();
        foreach (var i in Enumerable.Range(0, 7))
            await replica.StoreAsync(Of($"id-{i}", tipo: i % 2 == 0 ? "par" : "impar"), Noon, CancellationToken.None);

        var newest = await new MessageQueries(replica).PageAsync(All, after: null, limit: 3, CancellationToken.None);
        var even = await new MessageQueries(replica).PageAsync(new MessageFilter("par", "mensajes"), after: 0, limit: 2, CancellationToken.None);

        Assert.Equal(["id-4", "id-5", "id-6"], newest.Events.Select(m => m.MessageId));
        Assert.Equal(["id-0", "id-2"], even.Events.Select(m => m.MessageId));
    }
}
