using Microsoft.Extensions.Logging.Abstractions;
using RabbitDemo.Consumer.Handling;
using RabbitDemo.Consumer.Store;
using RabbitDemo.Messaging;
using static RabbitDemo.Tests.Store.Deliveries;
using static RabbitDemo.Tests.Store.Notes;

namespace RabbitDemo.Tests.Store;

/// <summary>What a handler adds to its delivery happens with the event, or not at all.</summary>
[Collection(DatabaseCollection.Name)]
public sealed class HandlerStatementTests(Databases databases)
{
    [Theory, OnSqlite, OnPostgres]
    public async Task RunOnceForAStoredEventAndNotForACopyOrAConflict(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica(tables: Table);

        var stored = await replica.StoreAsync(Noting("a", 1), Noon, CancellationToken.None);
        var copy = await replica.StoreAsync(Noting("a", 2), Noon, CancellationToken.None);
        var conflict = await replica.StoreAsync(Noting("a", 3, number: 2), Noon, CancellationToken.None);

        Assert.Equal((StoreOutcome.Stored, StoreOutcome.Duplicate, StoreOutcome.Conflict), (stored, copy, conflict));
        Assert.Equal(["a 1"], await NotesAsync(replica));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task RunAfterFailedAttemptsAndAfterARedriveOnlyWhenTheEventIsStored(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica(tables: Table);
        var failed = Noting("a", 1);
        await replica.FailAsync(failed, Failure(failed), CancellationToken.None);
        var dead = Noting("b", 1);
        await replica.BuryAsync(Letter(dead), CancellationToken.None);

        await replica.StoreAsync(Noting("a", 2), Noon, CancellationToken.None);
        var redriven = Of("b") with { Redrive = 1 };
        redriven.AddStatement(NoteSql, "b", 2);
        await replica.StoreAsync(redriven, Noon, CancellationToken.None);

        Assert.Equal(["a 2", "b 2"], await NotesAsync(replica));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task RunInTheirOrderAndInThatOfTheirEvents(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        await using var writer = new GroupCommit(
            new StoreConnection(store.Open(), [new("CREATE TABLE IF NOT EXISTS last (id BIGINT PRIMARY KEY, said TEXT)")]), NullLogger<GroupCommit>.Instance);
        const string Sql = "INSERT INTO last (id, said) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET said = CAST(excluded.said AS TEXT)";

        await Task.WhenAll(Enumerable.Range(0, 50).Select(i =>
        {
            var delivery = Of($"id-{i}");
            delivery.AddStatement(Sql, 1, $"{i} first");
            delivery.AddStatement(Sql, 1, i % 2 == 0 ? null : $"{i} then");
            return writer.StoreAsync(delivery, Noon, CancellationToken.None);
        }));

        Assert.Equal("49 then", await store.Replica().ReadAsync(async session =>
        {
            await using var reader = await session.QueryAsync("SELECT said FROM last", [], CancellationToken.None);
            return await reader.ReadAsync() ? reader.GetString(0) : null;
        }, CancellationToken.None));
    }

    /// <summary>By the database, at the commit, or by its driver.</summary>
    [Theory, OnSqlite, OnPostgres]
    public async Task TakeTheirEventWithThemWhenTheyAreRefusedAndNoOther(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        await using var writer = new GroupCommit(new StoreConnection(store.Open(), [new(Table), .. Deferred]), NullLogger<GroupCommit>.Instance);
        var replica = store.Replica();
        (string Sql, object?[] Values)[] wrong =
        [
            (NoteSql, ["x", 0]),
            (NoteSql, ["x"]),
            (NoteSql, ["x", new object()]),
            ("INSERT INTO missing (a) VALUES ($1)", [1]),
            ("INSERT INTO notes (nothing) VALUES ($1)", [1]),
            ("INSERT INTO notes (message_id) VALUES (NULL)", []),
            ("INSRT INTO notes", []),
            ("VACUUM", []),
            (NoteSql, ["half a pair: \uD800", kind == DatabaseKind.Postgres ? 1 : 0]),
            ("INSERT INTO child (parent) VALUES ($1)", [7])
        ];

        var refused = wrong.Select(async (statement, i) =>
        {
            var delivery = Noting($"wrong-{i}", 1);
            delivery.AddStatement(statement.Sql, statement.Values);
            var thrown = await Record.ExceptionAsync(() => writer.StoreAsync(delivery, Noon, CancellationToken.None));
            return (statement.Sql, Type: thrown?.GetType(), thrown?.Message);
        }).ToArray();
        var stored = Enumerable.Range(0, 30).Select(i => writer.StoreAsync(Noting($"id-{i:00}", 1), Noon, CancellationToken.None)).ToArray();

        Assert.All(await Task.WhenAll(stored), outcome => Assert.Equal(StoreOutcome.Stored, outcome));
        Assert.All(await Task.WhenAll(refused), r => Assert.Equal((r.Sql, typeof(StatementRefusedException)), (r.Sql, r.Type)));
        Assert.All(await Task.WhenAll(refused), r => Assert.DoesNotContain('\n', r.Message ?? ""));
        Assert.Equal(Enumerable.Range(0, 30).Select(i => $"id-{i:00} 1"), await NotesAsync(replica));
        Assert.Equal(SightingKind.Fresh, (await replica.BeginAsync(Of("wrong-0"), CancellationToken.None)).Kind);
    }

    /// <summary>PostgreSQL's driver prepares a text at its second use, and believes that it has, though a value beside it could not be sent.</summary>
    [Theory, OnSqlite, OnPostgres]
    public async Task AreTakenFromTheNextEventWhenTheDriverRefusedOneBeforeIt(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica(tables: Table);
        var wrong = Noting("wrong", 1);
        wrong.AddStatement(NoteSql, "half a pair: \uD800", kind == DatabaseKind.Postgres ? 1 : 0);

        await replica.StoreAsync(Noting("first", 1), Noon, CancellationToken.None);
        await Assert.ThrowsAsync<StatementRefusedException>(async () => await replica.StoreAsync(wrong, Noon, CancellationToken.None));
        await replica.StoreAsync(Noting("next", 1), Noon, CancellationToken.None);

        Assert.Equal(["first 1", "next 1"], await NotesAsync(replica));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task WaitForADatabaseThatIsAway(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica(timeoutSeconds: 3, tables: Table);
        await replica.PrepareAsync(CancellationToken.None);
        await using var other = await store.Open().OpenAsync(CancellationToken.None);
        await other.BeginAsync(CancellationToken.None);
        await other.ExecuteAsync(kind == DatabaseKind.Sqlite ? "DELETE FROM notes" : "LOCK TABLE notes", [], CancellationToken.None);

        await Assert.ThrowsAsync<InboxUnavailableException>(async () => await replica.StoreAsync(Noting("a", 1), Noon, CancellationToken.None));
        await other.RollbackAsync(CancellationToken.None);
        await replica.StoreAsync(Noting("a", 2), Noon, CancellationToken.None);

        Assert.Equal(["a 2"], await NotesAsync(replica));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task FindTheServicesOwnTablesAlsoInAStoreThatWasThereBefore(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        await store.Replica().StoreAsync(Of("before"), Noon, CancellationToken.None);
        var replicas = Enumerable.Range(0, 6).Select(_ => store.Replica(tables: Table)).ToArray();

        await Task.WhenAll(replicas.Select(replica => replica.PrepareAsync(CancellationToken.None)));
        await Task.WhenAll(replicas.Select((replica, i) => replica.StoreAsync(Noting($"{i}", 1), Noon, CancellationToken.None).AsTask()));

        Assert.Equal(6, (await NotesAsync(replicas[0])).Count);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task FindNoStoreWhoseTableIsWrong(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);

        var refused = await Assert.ThrowsAsync<InboxUnavailableException>(
            () => store.Replica(tables: "CREATE TABEL notes (a TEXT)").PrepareAsync(CancellationToken.None));

        Assert.IsType<StoreTableException>(refused.InnerException);
        Assert.Contains("CREATE TABEL notes", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>The demonstration's, as it ships.</summary>
    [Theory, OnSqlite, OnPostgres]
    public async Task CountTheOrdersThatAreStored(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica(tables: PedidosHandler.Totals);
        var handler = new PedidosHandler(NullLogger<PedidosHandler>.Instance);

        foreach (var (id, tipo) in new[] { ("a", "alta"), ("b", "alta"), ("b", "alta"), ("c", "baja") })
        {
            var delivery = Of(id, "order_events", tipo);
            await handler.HandleAsync(delivery, CancellationToken.None);
            await replica.StoreAsync(delivery, Noon, CancellationToken.None);
        }

        Assert.Equal(["alta 2", "baja 1"], await LinesAsync(replica, "SELECT tipo, events FROM order_totals ORDER BY tipo"));
    }

    private static StoreTable[] Deferred =>
    [
        new("CREATE TABLE IF NOT EXISTS parent (id BIGINT PRIMARY KEY)"),
        new("CREATE TABLE IF NOT EXISTS child (parent BIGINT REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)")
    ];
}
