using System.Data.Common;
using Microsoft.Extensions.Logging.Abstractions;
using RabbitDemo.Consumer.Store;
using RabbitDemo.Messaging;
using static RabbitDemo.Tests.Store.Deliveries;

namespace RabbitDemo.Tests.Store;

[Collection(DatabaseCollection.Name)]
public sealed class GroupCommitTests(Databases databases)
{
    [Theory, OnSqlite, OnPostgres]
    public async Task LetsOnlyTheWriteFailThatTheDatabaseRefuses(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        await using var writer = new GroupCommit(new StoreConnection(store.Open(), []), NullLogger<GroupCommit>.Instance);

        var refused = writer.WriteAsync(
            transaction => transaction.Session.ExecuteAsync("INSERT INTO counters (name, value) VALUES ('cursor', 0)", [], transaction.Token),
            CancellationToken.None);
        var stored = Enumerable.Range(0, 50).Select(i => writer.StoreAsync(Of($"id-{i}"), Noon, CancellationToken.None));

        Assert.All(await Task.WhenAll(stored), outcome => Assert.Equal(StoreOutcome.Stored, outcome));
        await Assert.ThrowsAnyAsync<DbException>(() => refused);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task SaysThatTheStoreIsUnavailableWhileAnotherHoldsItsLockAndRecoversAfterwards(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        var replica = store.Replica(timeoutSeconds: 3);
        await replica.StoreAsync(Of("a"), Noon, CancellationToken.None);
        await using var other = await store.Open().OpenAsync(CancellationToken.None);
        await new StoreTransaction(other, CancellationToken.None).BeginAsync(0);

        var unavailable = await Assert.ThrowsAsync<InboxUnavailableException>(
            async () => await replica.StoreAsync(Of("b"), Noon, CancellationToken.None));
        await other.RollbackAsync(CancellationToken.None);
        var outcome = await replica.StoreAsync(Of("b"), Noon, CancellationToken.None);

        Assert.DoesNotContain('\n', unavailable.Message);
        Assert.Equal(StoreOutcome.Stored, outcome);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task GoesOnCommittingWhileWhatFollowsAWriteKeepsItsThread(DatabaseKind kind)
    {
        await using var store = await databases.CreateAsync(kind);
        await using var writer = new GroupCommit(new StoreConnection(store.Open(), []), NullLogger<GroupCommit>.Instance);
        using var isOver = new ManualResetEventSlim();
        var follows = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        var kept = writer.StoreAsync(Of("a"), Noon, CancellationToken.None).ContinueWith(
            _ =>
            {
                follows.SetResult();
                isOver.Wait();
            },
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        await follows.Task;
        try
        {
            var outcome = await writer.StoreAsync(Of("b"), Noon, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));

            Assert.Equal(StoreOutcome.Stored, outcome);
            Assert.False(kept.IsCompleted);
        }
        finally
        {
            isOver.Set();
        }
    }
}
