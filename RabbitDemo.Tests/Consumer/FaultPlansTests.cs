using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using RabbitDemo.Consumer.Faults;
using RabbitDemo.Consumer.Store;
using RabbitDemo.Tests.AppHost;

namespace RabbitDemo.Tests.Consumer;

public sealed class FaultPlansTests
{
    [Fact]
    public async Task FollowThePlanThatWasWrittenWhileAnOlderOneWasRead()
    {
        using var folder = new TemporaryDirectory();
        var path = Path.Combine(folder.Path, "store.db");
        var source = new SlowToClose(path);
        var clock = new FakeTimeProvider();
        await using var store = new MessageStore(new(source, "PRAGMA journal_mode = WAL") { Description = path }, [], clock, NullLoggerFactory.Instance);
        await store.PrepareAsync(CancellationToken.None);
        var plans = new FaultPlans(store, clock);

        var reading = plans.CurrentAsync(CancellationToken.None).AsTask();
        await source.Read.WaitAsync(TimeSpan.FromSeconds(10));
        await plans.WriteAsync(new() { FailPercent = 7 }, CancellationToken.None);
        source.Close();
        var read = await reading;
        var after = await plans.CurrentAsync(CancellationToken.None);

        Assert.Equal((7, 7), (read.FailPercent, after.FailPercent));
    }

    /// <summary>A SQLite file whose connections, once they have been read from, are not given back before the test says so.</summary>
    private sealed class SlowToClose(string path) : DbDataSource
    {
        private readonly TaskCompletionSource read = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource closing = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Read => read.Task;

        public override string ConnectionString => $"Data Source={path};Pooling=False";

        public void Close() => closing.SetResult();

        protected override DbConnection CreateDbConnection() => new Connection(this);

        private sealed class Connection(SlowToClose source) : SqliteConnection(source.ConnectionString)
        {
            public override async ValueTask DisposeAsync()
            {
                source.read.TrySetResult();
                await source.closing.Task;
                await base.DisposeAsync();
            }
        }
    }
}
