using Microsoft.Extensions.Logging.Abstractions;
using RabbitDemo.Consumer.Ledger;
using RabbitDemo.Consumer.Store;
using RabbitDemo.Messaging;
using static RabbitDemo.Tests.Store.Deliveries;

namespace RabbitDemo.Tests.Store;

[Collection(DatabaseCollection.Name)]
public sealed class OutageTests(Databases databases)
{
    [Theory, OnPostgres]
    public async Task StoresEachEventOnceWhenTheServerIsKilledUnderLoad(DatabaseKind kind)
    {
        const int Events = 3000;
        await using var store = await databases.CreateAsync(kind);
        var replicas = new[] { store.Replica(timeoutSeconds: 2), store.Replica(timeoutSeconds: 2) };
        await replicas[0].PrepareAsync(CancellationToken.None);
        var outages = 0;
        var written = 0;
        var killed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        var writing = Parallel.ForEachAsync(
            Enumerable.Range(0, Events), new ParallelOptions { MaxDegreeOfParallelism = 40 }, async (i, cancellationToken) =>
        {
            if (i > Events / 2)
                await killed.Task;

            // Both replicas try each, as when a delivery goes to another consumer.
            await InsistAsync(() => replicas[i % 2].StoreAsync(Of($"id-{i}"), Noon, cancellationToken), () => Interlocked.Increment(ref outages));
            await InsistAsync(() => replicas[(i + 1) % 2].StoreAsync(Of($"id-{i}"), Noon, cancellationToken), () => Interlocked.Increment(ref outages));
            Interlocked.Increment(ref written);
        });
        await Eventually.TrueAsync("writing is under way", TimeSpan.FromSeconds(20), () => Task.FromResult(Volatile.Read(ref written) > Events / 10));
        await databases.RestartPostgresAsync(async () =>
        {
            killed.SetResult();
            await Eventually.TrueAsync("the server's end is noticed", TimeSpan.FromSeconds(20), () => Task.FromResult(Volatile.Read(ref outages) > 0));
            await Task.Delay(TimeSpan.FromSeconds(1));
        });
        await writing;

        var books = (await new BooksQueries(replicas[0]).ReadAsync(CancellationToken.None)).Single();
        Assert.Equal(Events, books.Stored);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task ShowsNothingOfATransactionWhoseProcessDied(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica();
        await replica.PrepareAsync(CancellationToken.None);

        await using (var dying = await store.Open().OpenAsync(CancellationToken.None))
        {
            var transaction = new StoreTransaction(dying, CancellationToken.None);
            await transaction.BeginAsync(1);
            await new EventWrite(Of("a"), Noon, CancellationToken.None).ApplyAsync(transaction);
        }

        Assert.Equal(SightingKind.Fresh, (await replica.BeginAsync(Of("a"), CancellationToken.None)).Kind);
        Assert.Equal(StoreOutcome.Stored, await replica.StoreAsync(Of("a"), Noon, CancellationToken.None));
    }

    [Theory, OnPostgres]
    public async Task GoesOnWithoutAReplicaThatVanishedInsideATransaction(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        using var network = databases.PostgresNetwork();
        var (vanishing, other) = (store.Replica(timeoutSeconds: 1, port: network.Port), store.Replica(timeoutSeconds: 1));
        await vanishing.PrepareAsync(CancellationToken.None);
        await other.PrepareAsync(CancellationToken.None);

        await Assert.ThrowsAsync<InboxUnavailableException>(() => vanishing.WriteAsync(
            async transaction =>
            {
                await new EventWrite(Of("lost"), Noon, CancellationToken.None).ApplyAsync(transaction);
                network.FallSilent(forget: false);
                return true;
            },
            CancellationToken.None));

        await StoresAsync(other, "a");
        network.Speak(); // its commit arrives
        await StoresAsync(vanishing, "b");
        Assert.Equal(SightingKind.Fresh, (await other.BeginAsync(Of("lost"), CancellationToken.None)).Kind);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task LetsReplicasStartAtOnceOnAnEmptyDatabase(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replicas = Enumerable.Range(0, 6).Select(_ => store.Replica()).ToArray();

        await Task.WhenAll(replicas.Select(r => r.PrepareAsync(CancellationToken.None)));

        Assert.Equal(StoreOutcome.Stored, await replicas[5].StoreAsync(Of("a"), Noon, CancellationToken.None));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task RefusesTheStoreOfANewerProgram(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        await store.Replica().PrepareAsync(CancellationToken.None);
        await using (var newer = await store.Open().OpenAsync(CancellationToken.None))
            await newer.ExecuteAsync("INSERT INTO schema_version (version) VALUES (99)", [], CancellationToken.None);

        var refused = await Assert.ThrowsAsync<InboxUnavailableException>(() => store.Replica().PrepareAsync(CancellationToken.None));

        Assert.IsType<StoreTooNewException>(refused.InnerException);
    }

    [Fact]
    public async Task NamesNoPasswordWhenTheServerIsAway()
    {
        var database = StoreDatabase.Postgres("Host=127.0.0.1;Port=1;Username=app;Password=never-shown;Database=store", TimeSpan.FromSeconds(1));
        await using var store = new MessageStore(database, [], TimeProvider.System, NullLoggerFactory.Instance);

        var away = await Assert.ThrowsAsync<InboxUnavailableException>(() => store.PrepareAsync(CancellationToken.None));

        Assert.DoesNotContain("never-shown", away.ToString());
        Assert.DoesNotContain("never-shown", database.Description);
    }

    private static async Task StoresAsync(MessageStore replica, string id) => await Eventually.GetAsync(
        $"{id} is stored", TimeSpan.FromSeconds(20), async () => await replica.StoreAsync(Of(id), Noon, CancellationToken.None), outcome => outcome == StoreOutcome.Stored);

    private static async Task InsistAsync(Func<ValueTask<StoreOutcome>> write, Action failed)
    {
        while (true)
        {
            try
            {
                await write();
                return;
            }
            catch (InboxUnavailableException)
            {
                failed();
                await Task.Delay(50);
            }
        }
    }
}
