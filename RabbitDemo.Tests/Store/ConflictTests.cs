using RabbitDemo.Consumer.Ledger;
using RabbitDemo.Consumer.Store;
using RabbitDemo.Messaging;
using static RabbitDemo.Tests.Store.Deliveries;

namespace RabbitDemo.Tests.Store;

/// <summary>The first event that is attempted under an id is what the id stands for.</summary>
[Collection(DatabaseCollection.Name)]
public sealed class ConflictTests(Databases databases)
{
    [Theory, OnSqlite, OnPostgres]
    public async Task KeepsTheIdForAnEventThatWaitsAfterAFailedAttempt(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica();
        var another = Of("a", number: 2);
        await replica.FailAsync(Of("a"), Failure(Of("a")), CancellationToken.None);

        Assert.Equal(SightingKind.Conflict, (await replica.BeginAsync(another, CancellationToken.None)).Kind);
        Assert.Equal(SightingKind.Conflict, (await replica.BeginAsync(Again(another), CancellationToken.None)).Kind);
        Assert.Equal(StoreOutcome.Conflict, await replica.StoreAsync(another, Noon, CancellationToken.None));
        Assert.Equal(new Sighting(SightingKind.Fresh, 1, 0), await replica.BeginAsync(Of("a"), CancellationToken.None));
        Assert.Equal(StoreOutcome.Stored, await replica.StoreAsync(Of("a"), Noon, CancellationToken.None));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task KeepsTheIdForAnEventThatMayHaveEndedItsProcess(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica();
        var another = Again(Of("a", number: 2), 5);
        await replica.BeginAsync(Again(Of("a")), CancellationToken.None);

        var sighting = await replica.BeginAsync(another, CancellationToken.None);
        await replica.AbandonAsync(another, CancellationToken.None);

        Assert.Equal(SightingKind.Conflict, sighting.Kind);
        Assert.Equal(new Sighting(SightingKind.Fresh, 0, 1), await replica.BeginAsync(Again(Of("a"), 9), CancellationToken.None));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task DoesNotCountTheFailuresOfAnotherEventThatWasHandledAtTheSameTime(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica();
        var another = Of("a", number: 2);
        await replica.FailAsync(Of("a"), Failure(Of("a")), CancellationToken.None);
        await replica.FailAsync(another, Failure(another), CancellationToken.None);

        Assert.True(await BuryAsync(replica, Letter(another)));
        Assert.Equal(new Sighting(SightingKind.Fresh, 1, 0), await replica.BeginAsync(Of("a"), CancellationToken.None));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task KeepsTheIdForARedrivenEventThatFailsAgain(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica();
        var redriven = Of("a") with { Redrive = 1, ReceivedAt = Noon.AddHours(1) };
        await replica.BuryAsync(Letter(Of("a")), CancellationToken.None);
        await replica.FailAsync(redriven, Failure(redriven), CancellationToken.None);

        var another = await replica.BeginAsync(Of("a", number: 2) with { Redrive = 1 }, CancellationToken.None);
        var again = await replica.BeginAsync(redriven, CancellationToken.None);

        Assert.Equal((SightingKind.Conflict, SightingKind.Fresh), (another.Kind, again.Kind));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task KeepsAnotherUnreadableBodyUnderTheSameIdBesideTheFirst(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica();
        var first = Letter(Of("a"), DeathReasons.Unreadable) with { Body = "hola"u8.ToArray() };
        var second = first with { Body = "adios"u8.ToArray() };

        Assert.True(await BuryAsync(replica, first));
        Assert.True(await BuryAsync(replica, second));
        Assert.False(await BuryAsync(replica, first));
        Assert.False(await BuryAsync(replica, second));
        Assert.True(await BuryAsync(replica, first with { Redrive = 1 }));
        var books = Assert.Single(await new BooksQueries(replica).ReadAsync(CancellationToken.None));
        Assert.Equal((1, 1), (books.Dead, books.Conflicts));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task GivesUpTheWaitingEventItselfWhenItIsOverALimitThatWasLowered(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica();
        await replica.FailAsync(Of("a"), Failure(Of("a")), CancellationToken.None);

        Assert.True(await BuryAsync(replica, Letter(Of("a"), DeathReasons.TooLarge)));

        Assert.Equal(SightingKind.Settled, (await replica.BeginAsync(Of("a"), CancellationToken.None)).Kind);
        var books = Assert.Single(await new BooksQueries(replica).ReadAsync(CancellationToken.None));
        Assert.Equal((1, 0, 0), (books.Dead, books.Attempted, books.Conflicts));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task KnowsAnEventThatWasTooLargeWhenItIsRedriven(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica();
        await replica.BuryAsync(Letter(Of("a"), DeathReasons.TooLarge), CancellationToken.None);

        var redriven = await replica.BeginAsync(Of("a") with { Redrive = 1 }, CancellationToken.None);
        var another = await replica.BeginAsync(Of("a", number: 2) with { Redrive = 1 }, CancellationToken.None);

        Assert.Equal((SightingKind.Fresh, SightingKind.Conflict), (redriven.Kind, another.Kind));
    }

    /// <returns>Whether a letter was written.</returns>
    private static Task<bool> BuryAsync(MessageStore store, DeadLetter letter) =>
        store.WriteAsync(transaction => Burials.BuryAsync(transaction, letter), CancellationToken.None);
}
