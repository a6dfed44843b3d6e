using RabbitDemo.Messaging;
using static RabbitDemo.Tests.Store.Deliveries;

namespace RabbitDemo.Tests.Store;

[Collection(DatabaseCollection.Name)]
public sealed class AttemptTests(Databases databases)
{
    [Theory, OnSqlite, OnPostgres]
    public async Task CountsFailedAttempts(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica();
        var second = Of("a") with { ReceivedAt = Noon.AddSeconds(1) };

        var first = await replica.FailAsync(Of("a"), Failure(Of("a")), CancellationToken.None);
        var sighting = await replica.BeginAsync(second, CancellationToken.None);
        var after = await replica.FailAsync(second, Failure(second, DeathReasons.HandlerTimedOut), CancellationToken.None);

        Assert.Equal((1, new Sighting(SightingKind.Fresh, 1, 0), 2), (first, sighting, after));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task CountsAnAttemptOnceThatIsRecordedTwice(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica();
        var again = Again(Of("a"));

        await replica.FailAsync(Of("a"), Failure(Of("a")), CancellationToken.None);
        var failed = await replica.FailAsync(Of("a"), Failure(Of("a")), CancellationToken.None);
        await replica.BeginAsync(again, CancellationToken.None);
        var begun = await replica.BeginAsync(again, CancellationToken.None);

        Assert.Equal((1, new Sighting(SightingKind.Fresh, 1, 0)), (failed, begun));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task RemembersARedeliveredAttemptThatNobodyEnded(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        await store.Replica().BeginAsync(Again(Of("a"), 1), CancellationToken.None);
        await store.Replica().BeginAsync(Again(Of("a"), 2), CancellationToken.None);

        var third = await store.Replica().BeginAsync(Again(Of("a"), 3), CancellationToken.None);

        Assert.Equal(new Sighting(SightingKind.Fresh, 0, 2), third);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task RemembersNothingOfAMessageThatIsOneOfManyRedelivered(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica();
        await replica.BeginAsync(Again(Of("a"), 1) with { IsCrashSuspect = false }, CancellationToken.None);

        var second = await replica.BeginAsync(Again(Of("a"), 2), CancellationToken.None);
        var third = await replica.BeginAsync(Again(Of("a"), 3) with { IsCrashSuspect = false }, CancellationToken.None);

        Assert.Equal((new Sighting(SightingKind.Fresh, 0, 0), new Sighting(SightingKind.Fresh, 0, 1)), (second, third));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task DoesNotCountAnAbandonedAttempt(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica();
        await replica.BeginAsync(Again(Of("a"), 1), CancellationToken.None);
        await replica.AbandonAsync(Again(Of("a"), 1), CancellationToken.None);

        var second = await replica.BeginAsync(Again(Of("a"), 2), CancellationToken.None);

        Assert.Equal(new Sighting(SightingKind.Fresh, 0, 0), second);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task StoresAfterFailures(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica();
        await replica.FailAsync(Of("a"), Failure(Of("a")), CancellationToken.None);
        await replica.BeginAsync(Again(Of("a")), CancellationToken.None);

        var outcome = await replica.StoreAsync(Again(Of("a")), Noon, CancellationToken.None);
        var late = await replica.FailAsync(Again(Of("a"), 9), Failure(Of("a")), CancellationToken.None);
        var copy = await replica.BeginAsync(Again(Of("a"), 10), CancellationToken.None);

        Assert.Equal((StoreOutcome.Stored, SightingKind.Settled), (outcome, copy.Kind));
        Assert.Equal(2, late);
    }
}
