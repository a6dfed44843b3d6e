using RabbitDemo.Consumer.DeadLetters;
using RabbitDemo.Consumer.Messages;
using RabbitDemo.Consumer.Store;
using RabbitDemo.Messaging;
using static RabbitDemo.Tests.Store.Deliveries;

namespace RabbitDemo.Tests.Store;

[Collection(DatabaseCollection.Name)]
public sealed class SearchTests(Databases databases)
{
    private static readonly string Trace = Of("").TraceId ?? "";

    [Theory, OnSqlite, OnPostgres]
    public async Task FindsAMessageWhereverItIs(DatabaseKind kind)
    {
        await using var database = await databases.CreateAsync(kind);
        var store = database.Replica();
        await FillAsync(store);

        foreach (var question in new MessageQuestion[] { new(null, 7, null, null), new(null, null, "pago", null), new(null, null, null, Trace) })
        {
            var found = await FindAsync(store, question);

            Assert.Equal(
                ["discarded discarded 4", "dead dead 5", "stored-late stored 2", "waiting waiting 1", "stored stored 1"],
                found.Where(f => f.MessageId != "unreadable").Select(f => $"{f.MessageId} {f.State} {f.Attempts}"));
            Assert.All(found.Where(f => f.MessageId != "unreadable"), f => Assert.Equal((7L, "pago", Trace), (f.Id, f.Tipo, f.TraceId)));
        }

        Assert.Equal("waiting", Assert.Single(await FindAsync(store, new("waiting", null, null, null))).State);
        Assert.Empty(await FindAsync(store, new(null, 8, null, null)));
        Assert.Equal(["discarded", "dead"], (await FindAsync(store, new(null, 7, null, null), limit: 2)).Select(f => f.MessageId));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task FindsABodyThatIsNoEventByItsIdAndItsTrace(DatabaseKind kind)
    {
        await using var database = await databases.CreateAsync(kind);
        var store = database.Replica();
        await FillAsync(store);

        var byId = Assert.Single(await FindAsync(store, new("unreadable", null, null, null)));
        var byTrace = (await FindAsync(store, new(null, null, null, Trace))).Single(f => f.Queue == "otra");

        Assert.Equal(byId, byTrace);
        Assert.Equal(("dead", null, null, Trace), (byId.State, byId.Id, byId.Tipo, byId.TraceId));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task FindsAnotherEventUnderAnIdThatIsStored(DatabaseKind kind)
    {
        await using var database = await databases.CreateAsync(kind);
        var store = database.Replica();
        await store.StoreAsync(Of("a", number: 1), Noon, CancellationToken.None);
        await store.BuryAsync(Letter(Of("a", number: 2), DeathReasons.IdConflict), CancellationToken.None);

        var other = Assert.Single(await FindAsync(store, new(null, 2, null, null)));
        var both = await FindAsync(store, new("a", null, null, null));

        Assert.Equal(("a", "dead"), (other.MessageId, other.State));
        Assert.Equal([(2L, "dead"), (1L, "stored")], both.Select(f => (f.Id ?? 0, f.State)));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task BringsAStoreOfTheFirstVersionToThisOne(DatabaseKind kind)
    {
        await using var database = await databases.CreateAsync(kind);
        await WriteFirstVersionAsync(database, kind);
        var store = database.Replica();

        await store.FailAsync(Of("new", tipo: "pago"), Failure(Of("new")), CancellationToken.None);

        Assert.Equal("old", Assert.Single(await FindAsync(store, new(null, null, null, "0af7651916cd43dd8448eb211c80319d"))).MessageId);
        Assert.Equal("new", Assert.Single(await FindAsync(store, new(null, null, "pago", null))).MessageId);
        var history = await new MessageHistories(store).FindAsync("old", CancellationToken.None);
        var place = Assert.Single(history?.Queues ?? []);
        Assert.Equal((1, 1, null), (place.Attempts.Count, place.DeadLetters.Count, place.Tipo));
    }

    private static async Task FillAsync(MessageStore store)
    {
        var box = new DeadLetterBox(store, TimeProvider.System);
        Delivery At(string id, int minute) => Of(id, tipo: "pago", number: 7) with { ReceivedAt = Noon.AddMinutes(minute) };

        await store.StoreAsync(At("stored", 0), Noon, CancellationToken.None);
        await store.StoreAsync(Of("another") with { TraceId = new('1', 32) }, Noon, CancellationToken.None);
        await store.FailAsync(At("waiting", 1), Failure(At("waiting", 1)), CancellationToken.None);
        await store.FailAsync(At("stored-late", 1), Failure(At("stored-late", 1)), CancellationToken.None);
        await store.StoreAsync(Again(At("stored-late", 2)), Noon.AddMinutes(2), CancellationToken.None);
        await store.FailAsync(At("dead", 3), Failure(At("dead", 3)), CancellationToken.None);
        await store.BuryAsync(Letter(At("dead", 3), attempts: 5), CancellationToken.None);
        await store.BuryAsync(Letter(At("discarded", 4)), CancellationToken.None);
        await box.DeleteAsync([2], CancellationToken.None);
        await store.BuryAsync(Letter(Of("unreadable", "otra"), DeathReasons.Unreadable) with { Body = "hola"u8.ToArray() }, CancellationToken.None);
    }

    private static Task<List<FoundMessage>> FindAsync(MessageStore store, MessageQuestion question, int limit = 50) =>
        new MessageSearch(store).FindAsync(question, limit, CancellationToken.None);

    private static async Task WriteFirstVersionAsync(TestStore database, DatabaseKind kind)
    {
        using var script = new StreamReader(
            typeof(MessageStore).Assembly.GetManifestResourceStream($"{kind.ToString().ToLowerInvariant()}.001.sql") ?? throw new InvalidOperationException());
        await using var opened = database.Open();
        await using var session = await opened.OpenAsync(CancellationToken.None);
        foreach (var sql in new[]
        {
            "CREATE TABLE schema_version (version INTEGER PRIMARY KEY)",
            "INSERT INTO schema_version (version) VALUES (1)",
            await script.ReadToEndAsync(),
            "INSERT INTO books (queue, stored, waiting, dead, discarded, conflicts) VALUES ('mensajes', 0, 0, 1, 0, 0)",
            "INSERT INTO attempts (queue, message_id, number, delivered_at, started_at, ended_at, outcome, error, consumer) VALUES ('mensajes', 'old', 1, 1, 1, 2, 'failed', 'no', 'c')"
        })
        {
            await session.ExecuteAsync(sql, [], CancellationToken.None);
        }

        await session.ExecuteAsync(
            "INSERT INTO ids (queue, message_id, place, fingerprint, cursor, failed, unfinished, past, redrives, changed_at) VALUES ('mensajes', 'old', 2, $1, 0, 1, 0, 0, 0, 5)",
            [new byte[16]], CancellationToken.None);
        await session.ExecuteAsync(
            """
            INSERT INTO dead_letters (queue, message_id, alone, state, settled_at, reason, error, died_at, attempts, past, redrive,
                exchange, routing_key, body, body_hash, content_type, trace_parent, headers)
            VALUES ('mensajes', 'old', 0, 'dead', 0, 'handler-failed', 'no', 5, 1, 0, 0, '', 'mensajes', $1, $1, NULL,
                '00-0af7651916cd43dd8448eb211c80319d-b7ad6b7169203331-01', '{}')
            """,
            [new byte[16]], CancellationToken.None);
    }
}
