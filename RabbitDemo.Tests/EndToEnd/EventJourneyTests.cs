using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using RabbitDemo.Tests.AppHost;
using RabbitDemo.Tests.Chaos;
using RabbitMQ.Client;

namespace RabbitDemo.Tests.EndToEnd;

/// <summary>One event's way from <c>POST /send</c> to <c>GET /messages</c>, and what can happen on it.</summary>
[Collection(AppHostCollection.Name)]
public sealed class EventJourneyTests : IDisposable
{
    private const string CourseEvent = """{"id": 1, "tipo": "registro", "payload": {"usuario": "admin"}}""";

    private readonly TemporaryDirectory data = new();

    public void Dispose() => data.Dispose();

    [InstalledServerFact]
    public async Task ShowsTheEventUnackedWhileItIsHandledAndStoredAfterwards()
    {
        await using var system = await StartAsync("--RabbitDemo:Handling:Delay=00:00:10"); // the broker's statistics may be 6 s late
        using var management = system.Host.Management();

        using var response = await system.SendAsync(CourseEvent);
        var accepted = await response.Content.ReadFromJsonAsync<JsonElement>();
        var id = RunningSystem.MessageId(accepted);
        await Eventually.GetAsync("one event is unacked", RunningSystem.Soon, () => management.CountAsync("/", "mensajes"), counts => counts?.Unacked == 1);
        var stored = Assert.Single(await system.StoredAsync([id]));
        await Eventually.GetAsync("the producer says that it is stored", RunningSystem.Soon,
            () => system.Producer.GetStringAsync(response.Headers.Location), places => places.Contains("\"stored\"", StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal($"/send/{id}", response.Headers.Location?.ToString());
        Assert.Equal((1, "registro", """{"usuario":"admin"}"""),
            (stored.GetProperty("id").GetInt32(), stored.GetProperty("tipo").GetString(), stored.GetProperty("payload").GetRawText().Replace(" ", "", StringComparison.Ordinal)));
        Assert.Equal(accepted.GetProperty("traceId").GetString(), stored.GetProperty("traceId").GetString());
    }

    [InstalledServerFact]
    public async Task SpeaksTheContractWithForeignClients()
    {
        await using var system = await StartAsync();
        await using var connection = await ConnectAsync(system);
        await using var channel = await connection.CreateChannelAsync(new(true, true));

        await channel.QueueDeclareAsync("mensajes", durable: true, exclusive: false, autoDelete: false);
        await channel.BasicPublishAsync("", "mensajes", true, new BasicProperties(), Encoding.UTF8.GetBytes(CourseEvent));
        var bare = await Eventually.GetAsync("the bare event is stored", RunningSystem.Soon, system.MessagesAsync, stored => stored.Length == 1);
        await system.Application.ResourceCommands.ExecuteCommandAsync("consumer", KnownResourceCommands.StopCommand, CancellationToken.None);
        var id = await system.AcceptedAsync(2);
        var taken = await Eventually.GetAsync("a foreign consumer gets the event", RunningSystem.Soon,
            () => channel.BasicGetAsync("mensajes", autoAck: true), got => got is not null);

        Assert.Equal(1, bare[0].GetProperty("id").GetInt32());
        Assert.Equal("""{"id":2,"tipo":"registro","payload":{"usuario":"admin"}}""", Encoding.UTF8.GetString((taken?.Body ?? default).Span));
        Assert.Equal(("application/json", DeliveryModes.Persistent, id, "registro"),
            (taken?.BasicProperties.ContentType, taken?.BasicProperties.DeliveryMode, taken?.BasicProperties.MessageId, taken?.BasicProperties.Type));
    }

    [InstalledServerFact]
    public async Task ConsumesAfterARestartOfEverythingWhatWaitedBefore()
    {
        string[] ids;
        await using (var first = await StartAsync("--RabbitDemo:Handling:Delay=00:00:50"))
        {
            ids = [await first.AcceptedAsync(1), await first.AcceptedAsync(2), await first.AcceptedAsync(3)];
            await first.Host.StopAsync();
        }

        await using var second = await StartAsync();
        var stored = await second.StoredAsync(ids);

        Assert.Equal(ids, stored.Select(RunningSystem.MessageId).Order(StringComparer.Ordinal));
    }

    [InstalledServerFact]
    public async Task StoresOnceAnEventWhoseHandlerThrewOrWhoseConsumerWasKilledBeforeItsAck()
    {
        await using var system = await StartAsync("--RabbitDemo:Receiver:RetryDelays=00:00:00.200");

        await system.FaultsAsync(new { failNext = 1 });
        var thrown = await system.AcceptedAsync(1);
        await system.StoredAsync([thrown]);
        await system.FaultsAsync(new { crashBeforeAcks = 1 });
        var crashed = await system.AcceptedAsync(2);
        await system.StartAgainAsync("consumer");
        await system.FaultsAsync(new { delayMilliseconds = new Dictionary<string, int> { ["mensajes"] = 15_000 } }, whenReady: true);
        var killed = await system.AcceptedAsync(3);
        using var consumer = new ConsumerClient(system.Application.GetEndpoint("consumer", "http"));
        await Eventually.GetAsync("the second has come again, and the third is being handled", RunningSystem.Soon,
            async () => (await consumer.LedgerAsync()).Process.Deliveries, counts => counts is { Delivered: 2, Duplicates: 1 });
        await system.KillAsync("consumer");
        await system.StartAgainAsync("consumer");
        await system.FaultsAsync(new { }, whenReady: true);
        var stored = await system.StoredAsync([thrown, crashed, killed], TimeSpan.FromSeconds(90));

        Assert.Equal(3, stored.Length);
        Assert.Equal(2, stored.Single(m => RunningSystem.MessageId(m) == thrown).GetProperty("attempts").GetInt32());
    }

    [InstalledServerFact]
    public async Task SharesEventsFairlyAmongReplicas()
    {
        await using var system = await StartAsync("--RabbitDemo:Handling:Delay=00:00:01", "--Replicas:consumer=3");
        using var management = system.Host.Management();
        await Eventually.GetAsync("three consumers", RunningSystem.Soon, () => management.CountAsync("/", "mensajes"), counts => counts?.Consumers == 3);

        var ids = await Task.WhenAll(Enumerable.Range(1, 30).Select(i => system.AcceptedAsync(i)));
        var stored = await system.StoredAsync(ids);
        var shares = stored.GroupBy(m => m.GetProperty("consumer").GetString()).Select(g => g.Count()).ToArray();
        var took = stored.Max(m => m.GetProperty("processedAt").GetDateTimeOffset()) - stored.Min(m => m.GetProperty("receivedAt").GetDateTimeOffset());

        Assert.Equal(30, stored.Length);
        Assert.Equal(3, shares.Length);
        Assert.All(shares, share => Assert.InRange(share, 8, 12));
        Assert.True(took < TimeSpan.FromSeconds(16), $"took {took}");
    }

    [InstalledServerFact]
    public async Task DeadLettersAnUnreadableMessageAndFlowsOn()
    {
        await using var system = await StartAsync();
        await using var connection = await ConnectAsync(system);
        await using var channel = await connection.CreateChannelAsync(new(true, true));

        await channel.BasicPublishAsync("", "mensajes", true, new BasicProperties { MessageId = "broken" }, "not json"u8.ToArray());
        var id = await system.AcceptedAsync(1);
        await system.StoredAsync([id]);
        var letters = await Eventually.GetAsync("the dead letter is listed", RunningSystem.Soon,
            () => system.Consumer.GetStringAsync("/dead-letters"), text => text.Contains("broken", StringComparison.Ordinal));

        Assert.Contains("unreadable", letters, StringComparison.Ordinal);
    }

    private async Task<RunningSystem> StartAsync(params string[] settings)
    {
        string[] quick = settings.Any(s => s.StartsWith("--RabbitDemo:Handling:Delay", StringComparison.Ordinal)) ? [] : ["--RabbitDemo:Handling:Delay=00:00:00"];
        var system = await RunningSystem.StartAsync(data, ["--Broker=process", .. quick, .. settings]);
        try
        {
            return await system.HealthyAsync("producer", "consumer");
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    private static async Task<IConnection> ConnectAsync(RunningSystem system) => await new ConnectionFactory
    {
        Uri = new(await system.Application.GetConnectionStringAsync("rabbitmq") ?? ""),
        AutomaticRecoveryEnabled = false
    }.CreateConnectionAsync();
}
