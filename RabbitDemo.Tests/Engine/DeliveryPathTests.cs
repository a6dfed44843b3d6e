using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using RabbitDemo.Messaging;
using RabbitDemo.Tests.Brokers;
using RabbitMQ.Client;

namespace RabbitDemo.Tests.Engine;

/// <summary>How deliveries come: by a thread that reads the socket, or by the client library, with TLS and from any other factory.</summary>
[Collection(BrokerCollection.Name)]
public sealed class DeliveryPathTests(TestBroker broker)
{
    /// <summary>A frame has 128 KB at most: these bodies have many, beside small ones.</summary>
    [BrokerTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task StoresLargeAndSmallEventsOnce(bool byLibrary)
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var engine = await EngineHost.StartAsync(
            virtualHost, (_, _) => Task.CompletedTask, byLibrary ? [EngineHost.PlainSockets] : []);
        string PayloadOf(int i) => $$"""{"x":"{{new string((char)('a' + (i % 26)), i % 3 == 0 ? 100_000 * (i % 10) : i)}}"}""";

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => engine.PublishAsync($"e{i}", id: i, payload: PayloadOf(i))));
        await Eventually.GetAsync("all are stored", TimeSpan.FromSeconds(20), () => Task.FromResult(engine.Inbox.Stored.Count), n => n >= 60);

        Assert.All(outcomes, outcome => Assert.Equal(PublishStatus.Confirmed, outcome.Status));
        Assert.All(engine.Inbox.Stored, d => Assert.Equal((PayloadOf((int)d.Evento.Id), $"e{d.Evento.Id}"), (d.Evento.Payload.GetRawText(), d.MessageId)));
        await Eventually.GetAsync("all are acknowledged", TimeSpan.FromSeconds(10), () => Task.FromResult(engine.Receiver.Queues[0].InFlight), n => n == 0);
        Assert.Equal((60, 0L, 0), (engine.Inbox.Stored.Count, engine.Counters.Deliveries.Redelivered, engine.Receiver.Reconnects));
    }

    /// <summary>A busy broker sends no heartbeats, and the library, which sees none of the deliveries, would give it up after three.</summary>
    [BrokerFact]
    public async Task KeepsAConnectionThatOnlyDelivers()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var engine = await EngineHost.StartAsync(virtualHost, (_, _) => Task.CompletedTask); // its heartbeat is 2 s
        var flowing = Stopwatch.StartNew();
        for (var i = 0; flowing.Elapsed < TimeSpan.FromSeconds(11); i++)
        {
            await engine.PublishAsync($"e{i}", id: i);
            await Task.Delay(50);
        }

        Assert.Equal(0, engine.Receiver.Reconnects);
    }

    [BrokerTheory]
    [InlineData(true, false, true)]
    [InlineData(true, true, false)]
    [InlineData(false, false, false)]
    public async Task HasAStreamThatTakesDeliveriesWhereItCan(bool isAsked, bool isPlain, bool has)
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        var factory = new ConnectionFactory { Uri = virtualHost.Amqp, AutomaticRecoveryEnabled = false, TopologyRecoveryEnabled = false };
        if (!isPlain)
            CoalescedWrites.Use(factory);

        var supervisor = new ConnectionSupervisor("test", factory, new(), TimeProvider.System, NullLogger.Instance) { TakesDeliveries = isAsked };
        var built = new TaskCompletionSource<bool>();
        using var enough = new CancellationTokenSource();
        var running = supervisor.RunAsync((session, _) =>
        {
            built.TrySetResult(session.Stream is not null);
            return Task.FromResult<IAsyncDisposable>(session.Connection);
        }, enough.Token);

        Assert.Equal(has, await built.Task.WaitAsync(TimeSpan.FromSeconds(10)));
        await enough.CancelAsync();
        await running;
    }
}
