using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using RabbitDemo.Consumer.Ledger;
using RabbitDemo.Consumer.Store;
using RabbitDemo.Messaging;
using RabbitDemo.Tests.AppHost;
using RabbitDemo.Tests.Brokers;
using RabbitMQ.Client;

namespace RabbitDemo.Tests.Engine;

/// <summary>The engine as a service runs it: real broker, real SQLite file, the test's own handler.</summary>
internal sealed class EngineHost : IAsyncDisposable, IEventHandler
{
    public const string Queue = "mensajes";

    /// <summary>Sockets as the client library makes them: every delivery comes by its own dispatcher, as with TLS.</summary>
    public static readonly KeyValuePair<string, string?> PlainSockets = new("PlainSockets", "true");

    /// <summary>A setting: after how long a silent broker is given up.</summary>
    public const string Heartbeat = "RabbitDemo:Connection:Heartbeat";

    /// <summary>A setting of these tests alone: the longest that the client library waits for the broker's answer to a command.</summary>
    public const string AnswersWithin = "AnswersWithin";

    /// <summary>For what a test's handler adds to its deliveries.</summary>
    private const string Table = "CREATE TABLE IF NOT EXISTS seen (message_id TEXT NOT NULL, times BIGINT NOT NULL CHECK (times > 0))";

    private readonly TemporaryDirectory folder = new();
    private readonly Func<Delivery, CancellationToken, Task> handle;
    private readonly MessageStore store;
    private readonly IHost host;

    private EngineHost(Uri broker, Func<Delivery, CancellationToken, Task> handle, IEnumerable<KeyValuePair<string, string?>> settings)
    {
        this.handle = handle;
        User = broker.UserInfo.Split(':')[0];
        store = new(StoreDatabase.Sqlite(Path.Combine(folder.Path, "store.db"), TimeSpan.FromSeconds(5)), [new(Table)], TimeProvider.System, NullLoggerFactory.Instance);
        Inbox = new(store);
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration["RabbitDemo:Receiver:RetryDelays"] = "00:00:00.050, 00:00:00.100, 00:00:00.150";
        foreach (var (key, value) in settings)
            builder.Configuration[key] = value;

        builder.Logging.ClearProviders().AddProvider(Log);
        var factory = new ConnectionFactory
        {
            Uri = broker,
            AutomaticRecoveryEnabled = false,
            TopologyRecoveryEnabled = false,
            RequestedHeartbeat = builder.Configuration.GetValue(Heartbeat, TimeSpan.FromSeconds(2)),
            ContinuationTimeout = builder.Configuration.GetValue(AnswersWithin, TimeSpan.FromSeconds(20))
        };
        if (builder.Configuration[PlainSockets.Key] is null)
            CoalescedWrites.Use(factory);

        builder.Services.AddSingleton<IConnectionFactory>(factory);
        builder.Services.AddSingleton(new Topology([new("pagos", Messaging.ExchangeType.Direct)], [new(Queue, "consumer")], []));
        builder.Services.AddSingleton<IInbox>(Inbox);
        builder.Services.AddSingleton<IEventHandler>(this);
        builder.AddMovements("consumer").AddReceiver("consumer").AddPublisherHealthCheck();
        host = builder.Build();
    }

    public RecordingInbox Inbox { get; }

    public KeptLog Log { get; } = new();

    /// <summary>Whom the broker knows us as: it refuses a message whose <c>user_id</c> is another.</summary>
    public string User { get; }

    /// <summary>How often statements have seen each message.</summary>
    public Task<long> SeenAsync(string messageId) => store.ReadAsync(async session =>
    {
        await using var reader = await session.QueryAsync("SELECT COALESCE(SUM(times), 0) FROM seen WHERE message_id = $1", [messageId], CancellationToken.None);
        await reader.ReadAsync();
        return reader.GetInt64(0);
    }, CancellationToken.None);

    public Receiver Receiver => host.Services.GetRequiredService<Receiver>();

    public PublisherConnection Connection => host.Services.GetRequiredService<PublisherConnection>();

    public int Reconnects => Connection.Reconnects;

    public int ChannelsReplaced => Connection.ChannelsReplaced;

    public LedgerCounters Counters => host.Services.GetRequiredService<LedgerCounters>();

    public MessagePublisher Publisher => host.Services.GetRequiredService<MessagePublisher>();

    public DeadLetterRedriver Redriver => host.Services.GetRequiredService<DeadLetterRedriver>();

    /// <summary>Starts, and waits until it publishes and consumes.</summary>
    public static async Task<EngineHost> StartAsync(
        TestVirtualHost virtualHost, Func<Delivery, CancellationToken, Task> handle, params KeyValuePair<string, string?>[] settings) =>
        await StartAsync(virtualHost.Amqp, handle, settings);

    public static async Task<EngineHost> StartAsync(
        Uri broker, Func<Delivery, CancellationToken, Task> handle, params KeyValuePair<string, string?>[] settings)
    {
        var engine = new EngineHost(broker, handle, settings);
        try
        {
            await engine.host.StartAsync();
            await engine.WhenReadyAsync(TimeSpan.FromSeconds(15));
            return engine;
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    /// <summary>As <c>/health</c> tells it.</summary>
    public Task<HealthReport> HealthAsync() => host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();

    public Task WhenReadyAsync(TimeSpan within) => Eventually.GetAsync("the engine publishes and consumes", within,
        () => Task.FromResult($"{Receiver.Status} {string.Join(' ', Receiver.Queues)} {host.Services.GetRequiredService<PublisherConnection>().Status}"),
        _ => Receiver.Status.Phase == ConnectionPhase.Ready && Receiver.Queues.All(q => q is { IsSubscribed: true, Trouble: null })
            && host.Services.GetRequiredService<PublisherConnection>().Status.Phase == ConnectionPhase.Ready);

    /// <summary>Closes the connections to its virtual host, as an operator would, until the receiver has lost its own: the broker's statistics know each only after a while.</summary>
    public Task CloseConnectionsAsync(TestVirtualHost virtualHost)
    {
        var before = Receiver.Reconnects;
        return Eventually.TrueAsync("the receiver's connection is closed", TimeSpan.FromSeconds(20), async () =>
        {
            await virtualHost.CloseAllConnectionsAsync();
            return Receiver.Reconnects > before;
        });
    }

    public Task<PublishOutcome> PublishAsync(
        string messageId, string tipo = "registro", long id = 1, Route? route = null, string payload = """{"usuario":"admin"}""") =>
        host.Services.GetRequiredService<EventPublisher>().PublishAsync(
            new(id, tipo, JsonElement.Parse(payload)), messageId, route ?? new("", Queue), CancellationToken.None);

    /// <summary>What another language's client would do: a plain channel, and whatever properties it likes.</summary>
    public async Task PublishForeignAsync(string body, BasicProperties? properties = null)
    {
        await using var connection = await host.Services.GetRequiredService<IConnectionFactory>().CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new(true, true));
        await channel.BasicPublishAsync("", Queue, true, properties ?? new(), Encoding.UTF8.GetBytes(body));
    }

    /// <summary>As <see cref="PublishForeignAsync(string, BasicProperties)"/>, with bytes that the client library would not write.</summary>
    public async Task PublishForeignAsync(string body, SpoiltProperties properties, string queue = Queue)
    {
        await using var connection = await host.Services.GetRequiredService<IConnectionFactory>().CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(); // with confirms the library would make properties of its own
        await channel.BasicPublishAsync("", queue, true, properties, Encoding.UTF8.GetBytes(body));
        await channel.CloseAsync(); // answered after the message
    }

    public Task WhenStoredAsync(string messageId, TimeSpan? within = null) => Eventually.GetAsync($"{messageId} is stored", within ?? TimeSpan.FromSeconds(10),
        () => Task.FromResult(string.Join(' ', Inbox.Stored.Select(d => d.MessageId))),
        _ => Inbox.Stored.Any(d => d.MessageId == messageId));

    /// <summary>
    /// Waits until so many sessions have told the store what they found of the queue. The first finds it missing only if it looks before
    /// the publisher declares it.
    /// </summary>
    public Task WhenSeenAsync(int sessions) => Eventually.GetAsync($"{sessions} sessions have told what they found", TimeSpan.FromSeconds(15),
        () => Task.FromResult(Inbox.Noted), noted => noted.Count(n => n.What == "seen") >= sessions);

    public Task<DeadLetter> WhenDeadAsync(string messageId, TimeSpan? within = null) => WhenDeadAsync(l => l.MessageId == messageId, within);

    public async Task<DeadLetter> WhenDeadAsync(Func<DeadLetter, bool> match, TimeSpan? within = null) =>
        await Eventually.GetAsync("a dead letter is in the store", within ?? TimeSpan.FromSeconds(10),
            () => Task.FromResult(Inbox.Dead.FirstOrDefault(match)), letter => letter is not null) ?? throw new InvalidOperationException();

    public async Task<QueueBooks> BooksAsync() => Assert.Single(await new BooksQueries(store).ReadAsync(CancellationToken.None));

    public Task StopAsync() => host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
        await store.DisposeAsync();
        folder.Dispose();
    }

    Task IEventHandler.HandleAsync(Delivery delivery, CancellationToken cancellationToken) => handle(delivery, cancellationToken);
}
