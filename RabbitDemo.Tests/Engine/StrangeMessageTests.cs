using System.Text;
using RabbitDemo.Messaging;
using RabbitDemo.Tests.Brokers;

namespace RabbitDemo.Tests.Engine;

/// <summary>What foreign clients may put into the queue.</summary>
[Collection(BrokerCollection.Name)]
public sealed class StrangeMessageTests(TestBroker broker)
{
    private const string Event = """{"id": 7, "tipo": "registro", "payload": {"usuario": "admin"}}""";
    private const string LongRetryQueue = "mensajes.retry.60000";

    /// <summary>Longer than a test waits for anything: what is in the retry queue stays there.</summary>
    private static readonly KeyValuePair<string, string?> LongRetry = new("RabbitDemo:Receiver:RetryDelays", "00:01:00");

    [BrokerTheory]
    [InlineData("not json", DeathReasons.Unreadable)]
    [InlineData("{}", DeathReasons.Unreadable)]
    [InlineData("""{"id": 7, "tipo": "registro", "payload": {}, "más": 1}""", DeathReasons.Unreadable)]
    [InlineData("", DeathReasons.Unreadable)]
    public async Task DeadLettersABrokenBodyAtOnceAndFlowsOn(string body, string reason)
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var engine = await EngineHost.StartAsync(virtualHost, (_, _) => Task.CompletedTask, LongRetry);

        await engine.PublishForeignAsync(body, new() { MessageId = "broken" });
        await engine.PublishAsync("next");
        await engine.WhenStoredAsync("next");
        var letter = await engine.WhenDeadAsync("broken");

        Assert.Equal((reason, body), (letter.Reason, Encoding.UTF8.GetString(letter.Body)));
        Assert.Single(engine.Inbox.Dead);
    }

    [BrokerFact]
    public async Task DeadLettersABodyOverTheLimitWhole()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var engine = await EngineHost.StartAsync(virtualHost, (_, _) => Task.CompletedTask,
            new KeyValuePair<string, string?>("RabbitDemo:Receiver:MaxBodyBytes", "1024"));
        var body = $$$"""{"id": 1, "tipo": "grande", "payload": {"x": "{{{new string('x', 4000)}}}"}}""";

        await engine.PublishForeignAsync(body, new() { MessageId = "large" });
        var letter = await engine.WhenDeadAsync("large");

        Assert.Equal((DeathReasons.TooLarge, body.Length), (letter.Reason, letter.Body.Length));
    }

    [BrokerFact]
    public async Task HandlesAnEventWhateverItsPropertiesAndHeaders()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var engine = await EngineHost.StartAsync(virtualHost, (_, _) => Task.CompletedTask);
        object nested = "core";
        for (var depth = 0; depth < 10; depth++)
            nested = new Dictionary<string, object?> { ["level"] = nested };

        await engine.PublishForeignAsync(Event);
        await engine.PublishForeignAsync(Event, new() { MessageId = "text", ContentType = "text/plain", ContentEncoding = "gzip" });
        await engine.PublishForeignAsync(Event, new() { MessageId = "deep", Headers = new Dictionary<string, object?> { ["deep"] = nested } });
        await engine.PublishForeignAsync(Event, new() { MessageId = "wide", Headers = new Dictionary<string, object?> { ["wide"] = new byte[100 * 1024] } });
        await engine.PublishForeignAsync(Event, new() { MessageId = "copied", Headers = new Dictionary<string, object?> { ["CC"] = new List<object> { "nowhere" } } });
        await engine.PublishForeignAsync(Event, new() { MessageId = "expiring", Expiration = "60000", UserId = engine.User, Timestamp = new(long.MaxValue) });
        await Eventually.GetAsync("all six are stored", TimeSpan.FromSeconds(10), () => Task.FromResult(engine.Inbox.Stored.Count), n => n == 6);

        Assert.Empty(engine.Inbox.Dead);
        Assert.Equal(7, engine.Inbox.Stored[0].Evento.Id);
        Assert.True(MessageIds.IsValid(engine.Inbox.Stored[0].MessageId));
    }

    [BrokerFact]
    public async Task DropsOnARepublishWhatConcernedTheDeliveredCopyAndKeepsTheSendersHeaders()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        var (handling, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var engine = await EngineHost.StartAsync(virtualHost, async (_, _) =>
        {
            handling.TrySetResult();
            await go.Task;
            throw new InvalidOperationException(new string('ñ', 5000));
        }, LongRetry);
        await engine.PublishForeignAsync(Event, new()
        {
            MessageId = "heavy",
            CorrelationId = "c-1",
            UserId = engine.User,
            Expiration = "60000",
            Headers = new Dictionary<string, object?>
            {
                ["CC"] = new List<object> { "elsewhere" },
                ["BCC"] = new List<object> { "elsewhere" },
                ["x-dotnet-pub-seq-no"] = 5L,
                ["x-first-death-queue"] = "elsewhere",
                ["x-acquired-count"] = 3,
                ["rabbitdemo-seq"] = 4444L,
                ["region"] = "EU",
                ["wide"] = new byte[100 * 1024]
            }
        });
        await handling.Task.WaitAsync(TimeSpan.FromSeconds(10));
        await using var connection = await virtualHost.ConnectAsync(CancellationToken.None);
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync("elsewhere", durable: true, exclusive: false, autoDelete: false); // only now: the first copy was not to reach it
        go.SetResult();

        var copy = await Eventually.GetAsync("the copy waits for its next attempt", TimeSpan.FromSeconds(10),
            () => channel.BasicGetAsync(LongRetryQueue, autoAck: true), got => got is not null);

        var (properties, headers) = (copy?.BasicProperties, copy?.BasicProperties.Headers ?? new Dictionary<string, object?>());
        Assert.Equal("rabbitdemo-exchange rabbitdemo-routing-key rabbitdemo-seq region wide", string.Join(' ', headers.Keys.Where(h => h != "x-delivery-count").Order(StringComparer.Ordinal))); // that one is the retry queue's own
        Assert.NotEqual(4444L, headers["rabbitdemo-seq"]); // the number of this publish
        Assert.Equal(("", EngineHost.Queue, "EU"), (Text("rabbitdemo-exchange"), Text("rabbitdemo-routing-key"), Text("region")));
        Assert.Equal(("heavy", "c-1"), (properties?.MessageId, properties?.CorrelationId));
        Assert.Equal((false, false), (properties?.IsExpirationPresent(), properties?.IsUserIdPresent()));
        Assert.Equal(0u, await channel.MessageCountAsync("elsewhere"));
        Assert.InRange(Encoding.UTF8.GetByteCount(Assert.Single(engine.Inbox.Failures).Error), 2000, 2048);

        string Text(string header) => Encoding.UTF8.GetString((byte[])(headers[header] ?? Array.Empty<byte>()));
    }

    /// <summary>A decimal with a scale that .NET has not: the client library ends the connection over it.</summary>
    [BrokerFact]
    public async Task SaysWhyItsSessionEndsOverAMessageThatTheClientLibraryCannotRead()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var engine = await EngineHost.StartAsync(virtualHost, (_, _) => Task.CompletedTask);

        await engine.PublishForeignAsync(Event, new SpoiltProperties(
            new() { Headers = new Dictionary<string, object?> { ["amount"] = 1.5m } }, bytes => bytes[bytes.IndexOf("amountD"u8) + 7] = 29));
        var reason = await Eventually.GetAsync("the reason is told", TimeSpan.FromSeconds(10),
            () => Task.FromResult(engine.Receiver.Status.Reason), reason => reason is not null);
        await virtualHost.DeleteQueueAsync(EngineHost.Queue);
        await engine.WhenReadyAsync(TimeSpan.FromSeconds(20));
        await engine.PublishAsync("next");
        await engine.WhenStoredAsync("next");

        Assert.Contains("scale", reason, StringComparison.OrdinalIgnoreCase);
    }

    [BrokerFact]
    public async Task KeepsTheFirstOfTwoEventsUnderOneIdAndDeadLettersTheSecond()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var engine = await EngineHost.StartAsync(virtualHost, (_, _) => Task.CompletedTask);

        await engine.PublishAsync("same", id: 1);
        await engine.WhenStoredAsync("same");
        await engine.PublishAsync("same", id: 2);
        var letter = await engine.WhenDeadAsync("same");
        await engine.PublishAsync("same", id: 1);
        await Eventually.GetAsync("the copy is counted as a duplicate", TimeSpan.FromSeconds(5), () => Task.FromResult(engine.Counters.Deliveries), d => d.Duplicates == 1);

        Assert.Equal(DeathReasons.IdConflict, letter.Reason);
        Assert.Equal([1L], engine.Inbox.Stored.Select(d => d.Evento.Id));
    }
}
