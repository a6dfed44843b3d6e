using RabbitMQ.Client;

namespace RabbitDemo.Tests.Brokers;

/// <summary>A virtual host of one test class (as its <c>IClassFixture</c>) or of one test.</summary>
public sealed class TestVirtualHost(TestBroker broker) : IAsyncLifetime, IAsyncDisposable
{
    public string Name { get; } = $"test-{Guid.NewGuid():N}";

    /// <summary>The connection string of this virtual host.</summary>
    public Uri Amqp => new UriBuilder(broker.Amqp) { Path = Name }.Uri;

    public Task InitializeAsync() => TestBroker.WhyNone is null ? broker.Management.CreateVirtualHostAsync(Name) : Task.CompletedTask;

    /// <summary>A plain connection, without any recovery.</summary>
    public Task<IConnection> ConnectAsync(CancellationToken cancellationToken) =>
        new ConnectionFactory { Uri = Amqp, AutomaticRecoveryEnabled = false, TopologyRecoveryEnabled = false }.CreateConnectionAsync(cancellationToken);

    /// <summary>
    /// Null when there is no such queue. From the broker's statistics, so up to 5.5 s old on a private node, 10 s elsewhere: poll it for
    /// what lasts longer, and ask a channel (<c>MessageCountAsync</c>, <c>ConsumerCountAsync</c>), which is never late, for ready
    /// messages and consumers.
    /// </summary>
    public Task<QueueCounts?> CountAsync(string queue) => broker.Management.CountAsync(Name, queue);

    /// <summary><c>classic</c> or <c>quorum</c>.</summary>
    public Task<string?> TypeAsync(string queue) => broker.Management.TypeAsync(Name, queue);

    /// <summary>Of the one consumer of a queue, when the broker's statistics know it.</summary>
    public Task<string> ConsumerTagAsync(string queue) =>
        Eventually.GetAsync($"{queue} has a consumer", TimeSpan.FromSeconds(10), () => broker.Management.ConsumerTagAsync(Name, queue), tag => tag.Length > 0);

    /// <summary>What the broker has counted of a queue since it started; as late as the other counts.</summary>
    public Task<QueueTotals> TotalsAsync(string queue) => broker.Management.TotalsAsync(Name, queue);

    public async Task<Version> ServerVersionAsync() => Version.Parse((await broker.Management.VersionAsync()).Split('-', '+')[0]);

    /// <summary>The names of all queues, sorted.</summary>
    public Task<string[]> QueuesAsync() => broker.Management.QueuesAsync(Name);

    /// <summary>The names of all exchanges, sorted.</summary>
    public Task<string[]> ExchangesAsync() => broker.Management.ExchangesAsync(Name);

    /// <summary>What our user may configure from now on: a pattern of names.</summary>
    public Task PermitAsync(string configure) => broker.Management.PermitAsync(Name, configure);

    public Task DeleteQueueAsync(string queue) => broker.Management.DeleteQueueAsync(Name, queue);

    /// <summary>From then on the queue refuses what is more than <paramref name="length"/>; null for no limit.</summary>
    public Task LimitAsync(string queue, int? length) => broker.Management.LimitAsync(Name, queue, length);

    public Task CreateInternalExchangeAsync(string exchange, string type) => broker.Management.CreateInternalExchangeAsync(Name, exchange, type);

    /// <summary>Closes every connection to this virtual host, as an operator would; returns how many there were.</summary>
    public Task<int> CloseAllConnectionsAsync() => broker.Management.CloseConnectionsAsync(Name);

    public Task DisposeAsync() => TestBroker.WhyNone is null ? broker.Management.DeleteVirtualHostAsync(Name) : Task.CompletedTask;

    async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();
}
