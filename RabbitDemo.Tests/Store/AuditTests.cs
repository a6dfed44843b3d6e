using RabbitDemo.Consumer.DeadLetters;
using RabbitDemo.Consumer.Ledger;
using RabbitDemo.Consumer.Store;
using RabbitDemo.Messaging;
using static RabbitDemo.Tests.Store.Deliveries;

namespace RabbitDemo.Tests.Store;

[Collection(DatabaseCollection.Name)]
public sealed class AuditTests(Databases databases)
{
    private static readonly Dictionary<string, long> NothingLeft = new() { ["mensajes"] = 0 };

    [Theory, OnSqlite, OnPostgres]
    public async Task NamesThePlaceOfEach(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica();
        await replica.StoreAsync(Of("stored"), Noon, CancellationToken.None);
        await replica.StoreAsync(Of("foreign"), Noon, CancellationToken.None);
        await replica.BuryAsync(Letter(Of("discarded")), CancellationToken.None);
        await replica.BuryAsync(Letter(Of("dead")), CancellationToken.None);
        await new DeadLetterBox(replica, TimeProvider.System).DeleteAsync([1], CancellationToken.None);
        await replica.FailAsync(Of("tried"), Failure(Of("tried")), CancellationToken.None);
        string[] ids = ["stored", "dead", "discarded", "tried", "fresh", "gone", "stored"];
        AcceptedEvent[] accepted = [.. ids.Select(id => new AcceptedEvent(id, "mensajes"))];

        var report = await Audit(replica).RunAsync(accepted, new Dictionary<string, long> { ["mensajes"] = 2 }, CancellationToken.None);

        Assert.Equal(
            [("stored", "stored"), ("dead", "dead"), ("discarded", "discarded"), ("tried", "waiting"), ("fresh", "waiting"), ("gone", "missing")],
            report.Events.Select(e => (e.MessageId, e.Place)));
        Assert.Equal((6, 1, 1, 1, 2, 1), (report.Accepted, report.Stored, report.Dead, report.Discarded, report.Waiting, report.Missing));
        Assert.Equal(["stored"], report.GivenTwice);
        Assert.Equal(["foreign"], report.UnclaimedEvents.Select(e => e.MessageId));
        Assert.False(report.Balances);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task CountsWhatWentWithADeletedQueueAsDiscarded(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica();
        var before = Guid.CreateVersion7(Noon.AddSeconds(-1)).ToString();
        var after = Guid.CreateVersion7(Noon.AddSeconds(1)).ToString();
        await replica.FailAsync(Of("tried") with { ReceivedAt = Noon.AddSeconds(-5) }, Failure(Of("tried")), CancellationToken.None);
        await replica.RecordQueueSeenAsync("mensajes", Noon.AddMinutes(-1), CancellationToken.None);
        await replica.RecordQueueMissingAsync("mensajes", Noon, CancellationToken.None);

        var report = await Audit(replica).RunAsync(
            [new(before), new(after), new("tried"), new("key", AcceptedAt: Noon.AddSeconds(-2))], NothingLeft, CancellationToken.None);

        Assert.Equal(["discarded", "missing", "discarded", "discarded"], report.Events.Select(e => e.Place));
        Assert.All(report.Events.Where(e => e.LostWithQueue), e => Assert.Equal(Noon, e.Since));
        Assert.Equal(3, report.Events.Count(e => e.LostWithQueue));
    }

    /// <summary>Another queue got its copy, so nothing was returned, and the sender was answered 202.</summary>
    [Theory, OnSqlite, OnPostgres]
    public async Task CountsWhatWasAcceptedWhileADeletedQueueWasNotThereYetAsDiscarded(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica();
        await replica.RecordQueueSeenAsync("mensajes", Noon.AddMinutes(-1), CancellationToken.None);
        await replica.RecordQueueMissingAsync("mensajes", Noon, CancellationToken.None);
        await replica.RecordQueueSeenAsync("mensajes", Noon.AddSeconds(2), CancellationToken.None);
        await replica.RecordQueueSeenAsync("mensajes", Noon.AddSeconds(4), CancellationToken.None);

        var report = await Audit(replica).RunAsync(
            [new("while", AcceptedAt: Noon.AddSeconds(1)), new("later", AcceptedAt: Noon.AddSeconds(3))], NothingLeft, CancellationToken.None);

        Assert.Equal(["discarded", "missing"], report.Events.Select(e => e.Place));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task TakesAnIdThatBeginsWithATimeBeyondAllDatesForOneWithoutATime(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica();
        await replica.RecordQueueSeenAsync("mensajes", Noon.AddMinutes(-1), CancellationToken.None);
        await replica.RecordQueueMissingAsync("mensajes", Noon, CancellationToken.None);
        string[] ids = ["e677d21f-dbff-7fff-bfff-ffffffffffff", "e677d21f-dc00-7000-8000-000000000000", "ffffffff-ffff-7fff-bfff-ffffffffffff"];

        var report = await Audit(replica).RunAsync([.. ids.Select(id => new AcceptedEvent(id))], NothingLeft, CancellationToken.None);

        Assert.Equal(ids.Select(id => (id, "missing")), report.Events.Select(e => (e.MessageId, e.Place)));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task LooksForAnEventOfAnyQueueAtTheBrokerBeforeItBlamesADeletedQueue(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica();
        var before = Guid.CreateVersion7(Noon.AddSeconds(-1)).ToString();
        var after = Guid.CreateVersion7(Noon.AddSeconds(1)).ToString();
        await replica.RecordQueueSeenAsync("otra", Noon.AddMinutes(-1), CancellationToken.None);
        await replica.RecordQueueMissingAsync("otra", Noon, CancellationToken.None);
        await replica.StoreAsync(Of("stored", "otra"), Noon, CancellationToken.None);

        var one = await Audit(replica).RunAsync([new(before), new(after)], new Dictionary<string, long> { ["mensajes"] = 1 }, CancellationToken.None);
        var both = await Audit(replica).RunAsync([new(before), new(after)], new Dictionary<string, long> { ["mensajes"] = 2 }, CancellationToken.None);

        Assert.Equal([(before, "discarded"), (after, "waiting")], one.Events.Select(e => (e.MessageId, e.Place)));
        Assert.Equal(["waiting", "waiting"], both.Events.Select(e => e.Place));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task BalancesWhenEachAcceptedEventIsStored(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica();
        var ids = Enumerable.Range(0, 1500).Select(i => $"id-{i}").ToArray();
        await Task.WhenAll(ids.Select(id => replica.StoreAsync(Of(id), Noon, CancellationToken.None).AsTask()));

        var report = await Audit(replica).RunAsync([.. ids.Select(id => new AcceptedEvent(id))], NothingLeft, CancellationToken.None);

        Assert.Equal((true, ids.Length, 0, 0), (report.Balances, report.Stored, report.Missing, report.Unclaimed));
    }

    private static Audit Audit(MessageStore store) => new(store, Topology.Default, new ReceiverIdentity("consumer", "consumer/1"));
}
