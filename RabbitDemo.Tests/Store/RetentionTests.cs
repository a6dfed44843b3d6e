using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
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
    public async Task ForgetsMoreIdsInASweepThanAreStoredBetweenTwo(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica(clock);
        await RememberAsync(replica, ids: 60_000, Noon);
        clock.SetUtcNow(Noon.AddDays(31));

        await Retention(replica, new StoreOptions()).SweepAsync(CancellationToken.None);

        Assert.Equal(0, await CountAsync(replica, "ids"));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task WalksTheIdsForAPartOfTheTimeBetweenSweepsAndGoesOnInTheNext(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica();
        await RememberAsync(replica, ids: 30_000, DateTimeOffset.UnixEpoch);
        var retention = Retention(replica, new StoreOptions { SweepSeconds = 0.001 }, TimeProvider.System);

        await retention.SweepAsync(CancellationToken.None);
        var afterOne = await CountAsync(replica, "ids");
        await Eventually.TrueAsync("the sweeps after it forget the others", TimeSpan.FromSeconds(30), async () =>
        {
            await retention.SweepAsync(CancellationToken.None);
            return await CountAsync(replica, "ids") == 0;
        });

        Assert.InRange(afterOne, 1, 29_000);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task RemovesAllSettledLettersThatAreOldAndNoOthers(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica(clock);
        await Task.WhenAll(Enumerable.Range(0, 2200).Select(i => replica.BuryAsync(Letter(Of($"id-{i}")), CancellationToken.None).AsTask()));
        await StoreAsync(replica, count: 2100, at: Noon);
        await replica.BuryAsync(Letter(Of("late")), CancellationToken.None);
        await replica.StoreAsync(Of("late"), Noon.AddDays(20), CancellationToken.None);
        clock.SetUtcNow(Noon.AddDays(31));

        await Retention(replica, new StoreOptions()).SweepAsync(CancellationToken.None);

        Assert.Equal(101, await CountAsync(replica, "dead_letters"));
        Assert.Equal(100, (await BooksAsync(replica)).Dead);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task GoesOnWithTheOthersWhenOneKindCannotBeRemovedAndSaysItOnce(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        using var log = new KeptLog();
        var replica = store.Replica(clock);
        await StoreAsync(replica, count: 10, at: Noon);
        await RunAsync(replica, "ALTER TABLE dead_letters RENAME TO hidden");
        clock.SetUtcNow(Noon.AddDays(31));
        var retention = Retention(replica, new StoreOptions(), log: log);

        await retention.SweepAsync(CancellationToken.None);
        var (ids, saidAtFirst) = (await CountAsync(replica, "ids"), log.Lines.Count);
        await retention.SweepAsync(CancellationToken.None);
        await retention.SweepAsync(CancellationToken.None);
        var said = log.Lines.ToArray();
        await RunAsync(replica, "ALTER TABLE hidden RENAME TO dead_letters");
        await retention.SweepAsync(CancellationToken.None);
        await RunAsync(replica, "ALTER TABLE dead_letters RENAME TO hidden");
        await retention.SweepAsync(CancellationToken.None);
        await retention.SweepAsync(CancellationToken.None);

        Assert.Equal((0, 0), (ids, saidAtFirst));
        Assert.Contains("dead_letters", Assert.Single(said));
        Assert.Equal(2, log.Lines.Count);
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

    private Retention Retention(MessageStore store, StoreOptions options, TimeProvider? time = null, KeptLog? log = null) =>
        new(store, options, time ?? clock, log is null ? NullLogger<Retention>.Instance : new LoggerFactory([log]).CreateLogger<Retention>());

    private static async Task RememberAsync(MessageStore store, int ids, DateTimeOffset at) => await store.WriteAsync(
        transaction => transaction.Session.ExecuteAsync(
            """
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
            INSERT INTO ids (queue, message_id, place, fingerprint, cursor, failed, unfinished, past, redrives, changed_at)
            SELECT 'mensajes', 'old-' || i, 1, $2, 0, 0, 0, 0, 0, $3 FROM n
            """,
            [ids, Identity.NoEvent, StoredText.Micros(at)],
            transaction.Token),
        CancellationToken.None);

    private static async Task RunAsync(MessageStore store, string sql) => await store.WriteAsync(
        transaction => transaction.Session.ExecuteAsync(sql, [], transaction.Token), CancellationToken.None);

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
        [.. (await new MessageQueries(store).PageAsync(new MessageFilter(null, null), after: 0, limit: 1000, CancellationToken.None)).Events.Select(m => m.MessageId)];

    private static async Task<QueueBooks> BooksAsync(MessageStore store) => (await new BooksQueries(store).ReadAsync(CancellationToken.None)).Single();
}
