using System.Text;
using RabbitDemo.Messaging;
using RabbitDemo.Tests.Brokers;
using RabbitMQ.Client;

namespace RabbitDemo.Tests.Engine;

/// <summary>Messages that the client library reads, and could not write again as they are.</summary>
[Collection(BrokerCollection.Name)]
public sealed class UnwritableMessageTests(TestBroker broker)
{
    private const string Event = """{"id": 7, "tipo": "registro", "payload": {}}""";
    private const string NoEvent = "no event";
    private const int FrameBytes = 128 * 1024;
    private const int Rest = 170; // of the frame that a foreign client fills: its own head, the other properties, the header's name
    private static readonly string NoText = new(SpoiltProperties.NoUtf8, 200);

    /// <summary>Of a property that is not UTF-8: what a copy carries of it.</summary>
    private static readonly string Cut = new('\uFFFD', 85);

    [BrokerFact]
    public async Task DeadLettersOneWhosePropertiesAndHeaderNamesAreNoUtf8()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var engine = await EngineHost.StartAsync(virtualHost, (_, _) => Task.CompletedTask);

        await engine.PublishForeignAsync(NoEvent, SpoiltProperties.Of(EveryProperty(NoText)));
        var letter = await engine.WhenDeadAsync(l => l.Reason == DeathReasons.Unreadable);
        await engine.PublishAsync("next");
        await engine.WhenStoredAsync("next");

        Assert.True(MessageIds.IsValid(letter.MessageId));
        Assert.Equal((NoEvent, Cut), (Encoding.UTF8.GetString(letter.Body), letter.ContentType));
        Assert.Equal(["region"], letter.Headers.Keys);
        Assert.Single(engine.Inbox.Dead);
    }

    [BrokerFact]
    public async Task RetriesOneWhosePropertiesAndHeaderNamesAreNoUtf8()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        var calls = 0;
        await using var engine = await EngineHost.StartAsync(virtualHost, (delivery, _) =>
            delivery.MessageId != "next" && Interlocked.Increment(ref calls) < 3 ? throw new InvalidOperationException("not yet") : Task.CompletedTask);

        await engine.PublishForeignAsync(Event, SpoiltProperties.Of(EveryProperty(NoText)));
        var stored = await Eventually.GetAsync("it is stored", TimeSpan.FromSeconds(10), () => Task.FromResult(engine.Inbox.Stored), stored => stored.Count == 1);
        await engine.PublishAsync("next");
        await engine.WhenStoredAsync("next");

        Assert.Equal((3, 2), (calls, engine.Inbox.Failures.Count));
        Assert.True(MessageIds.IsValid(stored[0].MessageId));
    }

    /// <summary>As long as AMQP allows, in a character set that was once common: the id is text all the same.</summary>
    [BrokerFact]
    public async Task KeepsAnIdThatFitsThoughSomeOfItIsNoUtf8()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var engine = await EngineHost.StartAsync(virtualHost, (_, _) => Task.CompletedTask);

        await engine.PublishForeignAsync(NoEvent, SpoiltProperties.Of(new() { MessageId = "a~o" }));
        var letter = await engine.WhenDeadAsync("a\uFFFDo");

        Assert.Equal(DeathReasons.Unreadable, letter.Reason);
    }

    [BrokerTheory]
    [MemberData(nameof(LargeHeaders))]
    public async Task DeadLettersOneWithAHeaderThatFillsItsFrame(string kind)
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var engine = await EngineHost.StartAsync(virtualHost, (_, _) => Task.CompletedTask);

        await engine.PublishForeignAsync(NoEvent, new BasicProperties
        {
            MessageId = "large",
            Headers = new Dictionary<string, object?> { ["large"] = Large(kind), ["region"] = "EU" }
        });
        var letter = await engine.WhenDeadAsync("large");
        await engine.PublishAsync("next");
        await engine.WhenStoredAsync("next");

        Assert.Equal((DeathReasons.Unreadable, "region"), (letter.Reason, string.Join(' ', letter.Headers.Keys)));
    }

    public static TheoryData<string> LargeHeaders() => ["text", "bytes", "binary", "list", "table", "decimals", "times"];

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void CarriesAHeaderThatIsNotNestedTooDeep(int depth, bool isCarried)
    {
        var nested = Enumerable.Range(0, depth).Aggregate((object?)null, (inner, _) => new List<object?> { inner });

        Assert.Equal(isCarried, HeaderSize.Of("nested", nested) < FrameBytes);
    }

    /// <summary>Sent to the dead letters by a foreign client, so that no copy of ours was made.</summary>
    [BrokerFact]
    public async Task RedrivesALetterThatIsNoUtf8()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var engine = await EngineHost.StartAsync(virtualHost, (_, _) => Task.CompletedTask);
        var properties = EveryProperty(NoText);
        properties.Headers?[MessageHeaders.DeadQueue] = NoText;
        properties.Headers?[MessageHeaders.RoutingKey] = new string(SpoiltProperties.NoUtf8, 60_000);
        properties.Headers?["traceparent"] = NoText;
        properties.Headers?["large"] = new string(SpoiltProperties.NoUtf8, 60_000);

        await engine.PublishForeignAsync(Event, SpoiltProperties.Of(properties), "mensajes.dead");
        var letter = await engine.WhenDeadAsync(_ => true);
        var outcome = await engine.Redriver.PublishAsync(letter, redrive: 1, CancellationToken.None);
        await engine.WhenStoredAsync(letter.MessageId);

        Assert.Equal((PublishStatus.Confirmed, EngineHost.Queue), (outcome.Status, letter.Queue));
        Assert.Equal((0, Cut), (engine.Reconnects, engine.Inbox.Stored[0].RoutingKey));
    }

    private static BasicProperties EveryProperty(string text) => new()
    {
        AppId = text,
        ClusterId = text,
        ContentEncoding = text,
        ContentType = text,
        CorrelationId = text,
        MessageId = text,
        ReplyTo = text,
        Type = text,
        Headers = new Dictionary<string, object?>
        {
            [text] = 1,
            ["table"] = new Dictionary<string, object?> { [text] = 1 },
            ["list"] = new List<object?> { new Dictionary<string, object?> { [text] = 1 } },
            ["region"] = "EU"
        }
    };

    private static object Large(string kind) => kind switch
    {
        "text" => new string('x', FrameBytes - Rest),
        "bytes" => new byte[FrameBytes - Rest],
        "binary" => new BinaryTableValue(new byte[FrameBytes - Rest]),
        "list" => Enumerable.Repeat<object?>(null, 127 * 1024).ToList(),
        "table" => Enumerable.Range(0, 11_800).ToDictionary(i => $"{i:00000}", _ => (object?)1),
        "decimals" => Enumerable.Repeat<object?>(1.5m, 21_000).ToList(),
        _ => Enumerable.Repeat<object?>(new AmqpTimestamp(1), 14_000).ToList()
    };
}
