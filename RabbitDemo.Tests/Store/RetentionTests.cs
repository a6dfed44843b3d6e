using Microsoft.Extensions.Time.Testing;
using RabbitDemo.Consumer.Ledger;
using RabbitDemo.Consumer.Messages;
using RabbitDemo.Consumer.Store;
using RabbitDemo.Messaging;
using static RabbitDemo.Tests.Store.Deliveries;

namespace RabbitDemo.Tests.Store;

[Collection(DatabaseCollection.Name)]
public sealed class RetentionTests(Databases databases)
{
    private readonly FakeTimeProvider clock = new(Noon);

    [Theory, OnSqlite, OnPostgres]
    public async Task RemovesOldEventsAndRemembersTheirIds(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica(clock);
        await StoreAsync(replica, count: 1200, at: Noon);
        await replica.StoreAsync(Of("new"), Noon.AddDays(6), CancellationToken.None);
        clock.SetUtcNow(Noon.AddDays(8));

        await Retention(replica, new StoreOptions()).SweepAsync(CancellationToken.None);

        Assert.Equal(["new"], await IdsAsync(replica));
        Assert.Equal(StoreOutcome.Duplicate, await replica.StoreAsync(Of("id-5"), Noon, CancellationToken.None));
        Assert.Equal(SightingKind.Conflict, (await replica.BeginAsync(Of("id-5", number: 2), CancellationToken.None)).Kind);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task RemovesTheOldestWhenThereAreTooMany(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica(clock);
        await StoreAsync(replica, count: 1300, at: Noon);

        await Retention(replica, new StoreOptions { KeepEvents = 2 }).SweepAsync(CancellationToken.None);

        Assert.Equal(2, (await IdsAsync(replica)).Length);
        Assert.Equal(1300, (await new BooksQueries(replica).ReadAsync(CancellationToken.None)).Single().Stored);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task KeepsAsManyAsItShouldWhenReplicasSweepAtOnce(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replicas = Enumerable.Range(0, 3).Select(_ => store.Replica(clock)).ToArray();
        await StoreAsync(replicas[0], count: 4000, at: Noon);
        await Task.WhenAll(replicas.Select(r => r.PrepareAsync(CancellationToken.None)));
        var newest = await replicas[0].ReadAsync(session => NumberAsync(session, "SELECT MAX(cursor) FROM events"), CancellationToken.None);

        await Task.WhenAll(replicas.Select(r => Task.Run(() => Retention(r, new StoreOptions { KeepEvents = 1200 }).SweepAsync(CancellationToken.None))));

        Assert.Equal(1200, await CountAsync(replicas[0], "events"));
        Assert.Equal(newest - 1199, await replicas[0].ReadAsync(session => NumberAsync(session, "SELECT MIN(cursor) FROM events"), CancellationToken.None));
        Assert.Equal(4000, (await BooksAsync(replicas[0])).Stored);
        Assert.Equal(StoreOutcome.Duplicate, await replicas[0].StoreAsync(Of("id-5"), Noon, CancellationToken.None));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task ForgetsIdsAfterTheirTimeButNeverADeadOne(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica(clock);
        await StoreAsync(replica, count: 2500, at: Noon);
        await replica.FailAsync(Of("tried"), Failure(Of("tried")), CancellationToken.None);
        await replica.BuryAsync(Letter(Of("dead")), CancellationToken.None);
        clock.SetUtcNow(Noon.AddDays(31));

        await Retention(replica, new StoreOptions()).SweepAsync(CancellationToken.None);

        Assert.Equal(StoreOutcome.Stored, await replica.StoreAsync(Of("id-2400"), Noon, CancellationToken.None));
        Assert.Equal(new Sighting(SightingKind.Fresh, 0, 0), await replica.BeginAsync(Of("tried"), CancellationToken.None));
        Assert.Equal(SightingKind.Settled, (await replica.BeginAsync(Of("dead"), CancellationToken.None)).Kind);
        Assert.Equal((0, 1), (await BooksAsync(replica)) is var books ? (books.Attempted, books.Dead) : default);
    }

    private Retention Retention(MessageStore store, StoreOptions options) => new(store, options, clock);

    private static Task<long> CountAsync(MessageStore store, string table) =>
        store.ReadAsync(session => NumberAsync(session, $"SELECT COUNT(*) FROM {table}"), CancellationToken.None);

    private static async Task<long> NumberAsync(StoreSession session, string sql)
    {
        await using var reader = await session.QueryAsync(sql, [], CancellationToken.None);
        await reader.ReadAsync();
        return reader.GetInt64(0);
    }

    private static async Task StoreAsync(MessageStore store, int count, DateTimeOffset at) => await Task.WhenAll(
        Enumerable.Range(0, count).Select(i => store.StoreAsync(Of($"id-{i}"), at, CancellationToken.None).AsTask()));

    private static async Task<string[]> IdsAsync(MessageStore store) =>
        [.. (await new MessageQueries(store).PageAsync(new MessageFilter(null, null), after: 0, limit: 1000, CancellationToken.None)).Select(m => m.MessageId)];

    private static async Task<QueueBooks> BooksAsync(MessageStore store) => (await new BooksQueries(store).ReadAsync(CancellationToken.None)).Single();
}
