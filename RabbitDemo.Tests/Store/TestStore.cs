using Microsoft.Extensions.Logging.Abstractions;
using RabbitDemo.Consumer.Store;

namespace RabbitDemo.Tests.Store;

/// <summary>A database of the test's own, opened by as many replicas as the test asks for.</summary>
internal sealed class TestStore(Func<TimeSpan, int?, StoreDatabase> open, Func<Task> delete) : IAsyncDisposable
{
    private readonly List<MessageStore> replicas = [];

    /// <param name="clock">The system's if none is given.</param>
    /// <param name="timeoutSeconds">Of each statement.</param>
    /// <param name="port">Of a proxy to the server; null goes there directly.</param>
    /// <param name="tables">Of the service, beside the store's own.</param>
    public MessageStore Replica(TimeProvider? clock = null, double timeoutSeconds = 10, int? port = null, params string[] tables)
    {
        var replica = new MessageStore(Open(timeoutSeconds, port), tables.Select(sql => new StoreTable(sql)), clock ?? TimeProvider.System, NullLoggerFactory.Instance);
        replicas.Add(replica);
        return replica;
    }

    public StoreDatabase Open(double timeoutSeconds = 10, int? port = null) => open(TimeSpan.FromSeconds(timeoutSeconds), port);

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in replicas)
            await replica.DisposeAsync();

        await delete();
    }
}
