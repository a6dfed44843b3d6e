using System.Text.Json;
using RabbitDemo.Tests.Brokers;
using RabbitDemo.Tests.Telemetry;

namespace RabbitDemo.Tests.AppHost;

/// <summary>What a person does from the dashboard.</summary>
[Collection(ObservedCollection.Name)]
public sealed class ConsumerCommandsTests(ObservedSystem observed)
{
    [BrokerFact]
    public async Task ChangeTheFaultsAndEndThem()
    {
        await NothingIsHandledAsync(); // or it would crash
        await ExecuteAsync("handle-slowly");
        var slow = await FaultsAsync();
        await ExecuteAsync("crash-before-ack");
        var crash = await FaultsAsync();
        await ExecuteAsync("end-faults");
        var none = await FaultsAsync();

        Assert.Equal(10_000, slow.GetProperty("delayMilliseconds").GetProperty("*").GetInt32());
        Assert.Equal((1, 0), (crash.GetProperty("crashBeforeAcks").GetInt32(), none.GetProperty("crashBeforeAcks").GetInt32()));
    }

    [BrokerFact]
    public async Task RedriveDeadLetters()
    {
        await observed.System.FaultsAsync(new { failTipos = (string[])["roto"] });
        var sent = await observed.SendAsync("roto");
        await observed.TraceAsync(sent.GetProperty("traceId").GetString() ?? "", acks: 3);
        await observed.System.FaultsAsync(new { });

        await ExecuteAsync("redrive");

        await observed.System.StoredAsync([sent.GetProperty("messageId").GetString() ?? ""]);
        await observed.TraceAsync(sent.GetProperty("traceId").GetString() ?? "", acks: 4);
    }

    [BrokerFact]
    public void NameThePagesBesideThem()
    {
        Assert.True(observed.System.Application.ResourceNotifications.TryGetCurrentState("consumer", out var consumer));

        var pages = consumer.Snapshot.Urls.Select(url => url.DisplayProperties.DisplayName);
        Assert.Empty(Enumerable.Except(["Address", "API", "Messages", "Dead letters", "Books", "Health"], pages));
        Assert.All(consumer.Snapshot.Urls, url => Assert.StartsWith("http://", url.Url, StringComparison.Ordinal));
    }

    /// <summary>Since the consumer handles one delivery at a time, all that earlier tests have sent to its queue is acknowledged before this one is.</summary>
    private async Task NothingIsHandledAsync()
    {
        await observed.System.FaultsAsync(new { });
        var last = await observed.SendAsync("registro");
        await observed.TraceAsync(last.GetProperty("traceId").GetString() ?? "", acks: 1);
    }

    private async Task ExecuteAsync(string command)
    {
        var result = await observed.System.Application.ResourceCommands.ExecuteCommandAsync("consumer", command);
        Assert.True(result.Success, result.Message);
    }

    private async Task<JsonElement> FaultsAsync() => JsonElement.Parse(await observed.System.Consumer.GetStringAsync("/faults"));
}
