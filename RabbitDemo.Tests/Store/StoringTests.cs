using RabbitDemo.Messaging;
using static RabbitDemo.Tests.Store.Deliveries;

namespace RabbitDemo.Tests.Store;

[Collection(DatabaseCollection.Name)]
public sealed class StoringTests(Databases databases)
{
    [Theory, OnSqlite, OnPostgres]
    public async Task StoresAnEventOnce(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica();

        var first = await replica.StoreAsync(Of("a"), Noon, CancellationToken.None);
        var second = await replica.StoreAsync(Of("a"), Noon, CancellationToken.None);

        Assert.Equal((StoreOutcome.Stored, StoreOutcome.Duplicate), (first, second));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task TakesTheSameIdOnTwoQueuesForTwoMessages(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica();

        await replica.StoreAsync(Of("a"), Noon, CancellationToken.None);

        Assert.Equal(StoreOutcome.Stored, await replica.StoreAsync(Of("a", queue: "auditoria"), Noon, CancellationToken.None));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task KeepsTheFirstOfTwoEventsUnderOneId(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica();
        await replica.StoreAsync(Of("a", number: 1), Noon, CancellationToken.None);

        var sighting = await replica.BeginAsync(Of("a", number: 2), CancellationToken.None);
        var outcome = await replica.StoreAsync(Of("a", number: 2), Noon, CancellationToken.None);

        Assert.Equal((SightingKind.Conflict, StoreOutcome.Conflict), (sighting.Kind, outcome));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task SettlesACopyOfAStoredEvent(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica();
        await replica.StoreAsync(Of("a"), Noon, CancellationToken.None);

        var copy = await replica.BeginAsync(Of("a"), CancellationToken.None);
        var redelivered = await replica.BeginAsync(Again(Of("a")), CancellationToken.None);

        Assert.Equal((SightingKind.Settled, SightingKind.Settled), (copy.Kind, redelivered.Kind));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task StoresEachEventOnceWhenReplicasRaceForThem(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replicas = Enumerable.Range(0, 3).Select(_ => store.Replica()).ToArray();
        var ids = Enumerable.Range(0, 500).Select(i => $"id-{i}").ToArray();

        var outcomes = await Task.WhenAll(replicas.SelectMany(replica => ids.Select(
            id => replica.StoreAsync(Of(id), Noon, CancellationToken.None).AsTask())));

        Assert.Equal(ids.Length, outcomes.Count(o => o == StoreOutcome.Stored));
        Assert.Equal(2 * ids.Length, outcomes.Count(o => o == StoreOutcome.Duplicate));
    }
}
