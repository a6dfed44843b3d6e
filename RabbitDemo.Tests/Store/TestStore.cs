using Microsoft.Extensions.Logging.Abstractions;
using RabbitDemo.Consumer.Store;

namespace RabbitDemo.Tests.Store;

/// <summary>A database of the test's own, opened by as many replicas as the test asks for.</summary>
internal sealed class TestStore(Func<TimeSpan, StoreDatabase> open, Func<Task> delete) : IAsyncDisposable
{
    private readonly List<MessageStore> replicas = [];

    /// <param name="tables">Of the service, beside the store's own.</param>
    public MessageStore Replica(TimeProvider? clock = null, double timeoutSeconds = 10, params string[] tables)
    {
        var replica = new MessageStore(Open(timeoutSeconds), tables.Select(sql => new StoreTable(sql)), clock ?? TimeProvider.System, NullLoggerFactory.Instance);
        replicas.Add(replica);
        return replica;
    }

    public StoreDatabase Open(double timeoutSeconds = 10) => open(TimeSpan.FromSeconds(timeoutSeconds));

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in replicas)
            await replica.DisposeAsync();

        await delete();
    }
}
