using RabbitDemo.Consumer.Store;
using RabbitDemo.Messaging;
using static RabbitDemo.Tests.Store.Deliveries;

namespace RabbitDemo.Tests.Store;

[Collection(DatabaseCollection.Name)]
public sealed class BurialTests(Databases databases)
{
    [Theory, OnSqlite, OnPostgres]
    public async Task SettlesACopyOfADeadMessage(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica();
        await replica.FailAsync(Of("a"), Failure(Of("a")), CancellationToken.None);
        await replica.BuryAsync(Letter(Of("a")), CancellationToken.None);

        Assert.Equal(SightingKind.Settled, (await replica.BeginAsync(Of("a"), CancellationToken.None)).Kind);
        Assert.Equal(SightingKind.Conflict, (await replica.BeginAsync(Of("a", number: 2), CancellationToken.None)).Kind);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task TakesARedrivenMessageForANewOneWithItsAttemptsReset(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica();
        await replica.FailAsync(Of("a"), Failure(Of("a")), CancellationToken.None);
        await replica.BuryAsync(Letter(Of("a")), CancellationToken.None);
        var redriven = Of("a") with { Redrive = 1, ReceivedAt = Noon.AddHours(1) };

        var sighting = await replica.BeginAsync(redriven, CancellationToken.None);
        var failed = await replica.FailAsync(redriven, Failure(redriven), CancellationToken.None);

        Assert.Equal((new Sighting(SightingKind.Fresh, 0, 0), 1), (sighting, failed));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task LetsStoredWinOverDead(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica();
        await replica.FailAsync(Of("a"), Failure(Of("a")), CancellationToken.None);
        await replica.BuryAsync(Letter(Of("a")), CancellationToken.None);

        var outcome = await replica.StoreAsync(Of("a"), Noon, CancellationToken.None);
        await replica.BuryAsync(Letter(Of("a")), CancellationToken.None);

        Assert.Equal(StoreOutcome.Stored, outcome);
        Assert.Equal(StoreOutcome.Duplicate, await replica.StoreAsync(Of("a"), Noon, CancellationToken.None));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task LetsTheRedrivenCopyDecideAndNotAnOlderOneThatDiesAfterIt(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica();
        await replica.BuryAsync(Letter(Of("a")), CancellationToken.None);
        var redriven = Of("a") with { Redrive = 1, ReceivedAt = Noon.AddHours(1) };
        await replica.FailAsync(redriven, Failure(redriven), CancellationToken.None);

        var buried = await BuryAsync(replica, Letter(Of("a")));

        Assert.False(buried);
        Assert.Equal(SightingKind.Fresh, (await replica.BeginAsync(Again(redriven), CancellationToken.None)).Kind);
        Assert.True(await BuryAsync(replica, Letter(redriven)));
        Assert.Equal(SightingKind.Fresh, (await replica.BeginAsync(Of("a") with { Redrive = 2 }, CancellationToken.None)).Kind);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task LeavesAStoredEventStoredWhenARedrivenCopyOfItDies(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica();
        await replica.StoreAsync(Of("a"), Noon, CancellationToken.None);

        var buried = await BuryAsync(replica, Letter(Of("a") with { Redrive = 1 }));

        Assert.False(buried);
        Assert.Equal(StoreOutcome.Duplicate, await replica.StoreAsync(Of("a"), Noon, CancellationToken.None));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task KeepsAnotherEventUnderTheIdOfADeadOneAsAConflict(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica();
        var another = Of("a", number: 2);
        await replica.BuryAsync(Letter(Of("a")), CancellationToken.None);

        Assert.True(await BuryAsync(replica, Letter(another)));
        Assert.False(await BuryAsync(replica, Letter(another)));
        Assert.False(await BuryAsync(replica, Letter(Of("a"))));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task DoesNotTakeAnEventForACopyOfAnUnreadableBodyUnderItsId(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica();
        await replica.BuryAsync(Letter(Of("a"), DeathReasons.Unreadable, attempts: 1), CancellationToken.None);

        var sighting = await replica.BeginAsync(Of("a"), CancellationToken.None);

        Assert.Equal(SightingKind.Conflict, sighting.Kind);
    }

    /// <returns>Whether a letter was written.</returns>
    private static Task<bool> BuryAsync(MessageStore store, DeadLetter letter) =>
        store.WriteAsync(transaction => Burials.BuryAsync(transaction, letter), CancellationToken.None);
}
