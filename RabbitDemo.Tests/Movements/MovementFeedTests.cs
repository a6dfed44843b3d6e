using System.Collections.Concurrent;
using RabbitDemo.Messaging;
using RabbitDemo.Tests.Brokers;
using RabbitDemo.Tests.Engine;

namespace RabbitDemo.Tests.Movements;

[Collection(SecondBrokerCollection.Name)]
public sealed class MovementFeedTests(TestBroker broker)
{
    private static readonly KeyValuePair<string, string?> On = new("RabbitDemo:Movements", "true");
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [BrokerFact]
    public async Task TellsAnEventsWayToTheStore()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var hearing = await Hearing.StartAsync(virtualHost.Amqp);
        await using var engine = await StartAsync(virtualHost, hearing, (_, _) => Task.CompletedTask);

        await engine.PublishAsync("a");
        await engine.WhenStoredAsync("a");
        await engine.PublishAsync("a");
        var published = await hearing.MovementAsync(MovementKind.Published, "a");
        var delivered = await hearing.MovementAsync(MovementKind.Delivered, "a");
        var stored = await hearing.MovementAsync(MovementKind.Stored, "a");
        var duplicate = await hearing.MovementAsync(MovementKind.Duplicate, "a");
        await hearing.CountAsync(MovementKind.Published, "mensajes", 2);

        Assert.All([published, delivered, stored, duplicate], m =>
        {
            Assert.Equal(("registro", "", "mensajes"), (m.Tipo, m.Exchange, m.RoutingKey));
            Assert.Equal(["mensajes"], m.Queues);
        });
        Assert.True(delivered.At <= stored.At);
        Assert.Equal((2, 1), (hearing.CountOf(MovementKind.Published, "mensajes"), hearing.CountOf(MovementKind.Stored, "mensajes")));
    }

    [BrokerFact]
    public async Task TellsWhatNoQueueIsBoundForAndWhatIsRefused()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var hearing = await Hearing.StartAsync(virtualHost.Amqp);
        await using var engine = await StartAsync(virtualHost, hearing, (_, _) => Task.CompletedTask, new KeyValuePair<string, string?>("RabbitDemo:Publisher:Window", "1"));

        await engine.PublishAsync("lost", route: new("pagos", "payment.nowhere"));
        await engine.PublishAsync("misspelt", route: new("pago", "payment.success"));
        var returned = await hearing.MovementAsync(MovementKind.Returned, "lost");
        var refused = await hearing.MovementAsync(MovementKind.Refused, "misspelt");

        Assert.Equal(("pagos", "payment.nowhere", 0), (returned.Exchange, returned.RoutingKey, returned.Queues.Count));
        Assert.Contains("NO_ROUTE", returned.Reason, StringComparison.Ordinal);
        Assert.Equal("pago", refused.Exchange);
        Assert.NotNull(refused.Reason);
        Assert.Contains(hearing.Batches.SelectMany(b => b.Counts), c => c == new MovementCount(MovementKind.Returned, "pagos", "", 1));
        Assert.Contains(hearing.Batches.SelectMany(b => b.Counts), c => c == new MovementCount(MovementKind.Refused, "_OTHER", "", 1));
    }

    [BrokerFact]
    public async Task TellsFailuresTheirEndAndARedrive()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var hearing = await Hearing.StartAsync(virtualHost.Amqp);
        await using var engine = await StartAsync(virtualHost, hearing, (_, _) => throw new InvalidOperationException("no"));

        await engine.PublishAsync("bad", "malo");
        var dead = await hearing.MovementAsync(MovementKind.Dead, "bad");
        await engine.Redriver.PublishAsync(await engine.WhenDeadAsync("bad"), 1, CancellationToken.None);
        var redriven = await hearing.MovementAsync(MovementKind.Redriven, "bad");
        var retries = hearing.Movements.Where(m => m.Kind == MovementKind.Retried).Take(3).ToArray();

        Assert.Equal(
            [(1, TimeSpan.FromMilliseconds(50)), (2, TimeSpan.FromMilliseconds(100)), (3, TimeSpan.FromMilliseconds(150))],
            retries.Select(m => (m.Attempt, m.Delay ?? default)));
        Assert.All(retries, m => Assert.Equal((DeathReasons.HandlerFailed, "mensajes", "malo"), (m.Reason, m.Queues.Single(), m.Tipo)));
        Assert.Equal((4, DeathReasons.HandlerFailed, "mensajes"), (dead.Attempt, dead.Reason, dead.Queues.Single()));
        Assert.Equal(("mensajes", "", "mensajes"), (redriven.Queues.Single(), redriven.Exchange, redriven.RoutingKey));
        Assert.Equal(1, hearing.CountOf(MovementKind.Published, "mensajes"));
    }

    [BrokerFact]
    public async Task CountsEverythingAndSaysLittleAtSpeed()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var hearing = await Hearing.StartAsync(virtualHost.Amqp);
        await using var engine = await StartAsync(virtualHost, hearing, (_, _) => Task.CompletedTask, new KeyValuePair<string, string?>("RabbitDemo:Receiver:Prefetch", "100"));

        await Task.WhenAll(Enumerable.Range(0, 20).Select(async sender =>
        {
            for (var i = 0; i < 250; i++)
                Assert.Equal(PublishStatus.Confirmed, (await engine.PublishAsync($"{sender}-{i}")).Status);
        }));
        await hearing.CountAsync(MovementKind.Stored, "mensajes", 5_000);
        await hearing.CountAsync(MovementKind.Published, "mensajes", 5_000);
        var batches = hearing.Batches;

        Assert.Equal(
            (5_000, 5_000, 5_000),
            (hearing.CountOf(MovementKind.Published, "mensajes"), hearing.CountOf(MovementKind.Delivered, "mensajes"), hearing.CountOf(MovementKind.Stored, "mensajes")));
        Assert.All(batches, b => Assert.True(b.Movements.Count <= MovementBatch.MostMovements));
        Assert.Contains(batches, b => b.Movements.Count == MovementBatch.MostMovements);
        Assert.InRange(batches.Count / (batches[^1].At - batches[0].At).TotalSeconds, 0, 11);
        Assert.Equal(Enumerable.Range(0, batches.Count).Select(i => batches[0].Number + i), batches.Select(b => b.Number));
    }

    [BrokerFact]
    public async Task SaysWhatAConsumerHoldsAndSinceWhen()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var hearing = await Hearing.StartAsync(virtualHost.Amqp);
        var turns = new ConcurrentDictionary<string, TaskCompletionSource>();
        await using var engine = await StartAsync(
            virtualHost, hearing, (delivery, _) => turns.GetOrAdd(delivery.MessageId, _ => new()).Task,
            new("RabbitDemo:Receiver:Prefetch", "5"), new("RabbitDemo:Receiver:Concurrency", "5"));

        var before = DateTimeOffset.UtcNow;
        await engine.PublishAsync("first");
        var first = await hearing.MovementAsync(MovementKind.Delivered, "first");
        await engine.PublishAsync("second");
        var second = await hearing.MovementAsync(MovementKind.Delivered, "second");
        var both = await HoldingAsync(hearing, h => h.Held == 2);
        turns["first"].SetResult();
        var one = await HoldingAsync(hearing, h => h.Held == 1);
        turns["second"].SetResult();
        var none = await HoldingAsync(hearing, h => h.Held == 0);

        Assert.Equal(("mensajes", 5, null), (both.Queue, both.Prefetch, both.Trouble));
        Assert.InRange(both.OldestAt.GetValueOrDefault(), before, first.At);
        Assert.InRange(one.OldestAt.GetValueOrDefault(), first.At, second.At);
        Assert.Null(none.OldestAt);
    }

    [BrokerFact]
    public async Task SaysThatItStopsAfterWhatTheDrainStored()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var hearing = await Hearing.StartAsync(virtualHost.Amqp);
        var held = new TaskCompletionSource();
        await using var engine = await StartAsync(virtualHost, hearing, (_, _) => held.Task);
        await engine.PublishAsync("held");
        await hearing.MovementAsync(MovementKind.Delivered, "held");

        var stopping = engine.StopAsync();
        held.SetResult();
        await stopping;
        var last = await Eventually.GetAsync("it says goodbye", Soon, () => Task.FromResult(hearing.Batches[^1]), b => b.IsLast);

        Assert.Equal(1, hearing.CountOf(MovementKind.Stored, "mensajes"));
        Assert.Equal("consumer", last.Service);
        Assert.StartsWith("consumer@", last.Instance, StringComparison.Ordinal);
    }

    [BrokerFact(BreaksIt = true)]
    public async Task GoesOnAfterTheBrokerRestarts()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var hearing = await Hearing.StartAsync(virtualHost.Amqp);
        await using var engine = await StartAsync(virtualHost, hearing, (_, _) => Task.CompletedTask);

        await broker.KillAsync(CancellationToken.None);
        await broker.StartAsync(CancellationToken.None);
        await engine.WhenReadyAsync(TimeSpan.FromSeconds(15));
        await hearing.WhenListeningAsync();
        await hearing.WhenHeardAsync("consumer");
        await engine.PublishAsync("after");

        await hearing.MovementAsync(MovementKind.Stored, "after");
    }

    private static async Task<EngineHost> StartAsync(
        TestVirtualHost virtualHost, Hearing hearing, Func<Delivery, CancellationToken, Task> handle, params KeyValuePair<string, string?>[] settings)
    {
        var engine = await EngineHost.StartAsync(virtualHost, handle, [On, .. settings]);
        await hearing.WhenHeardAsync("consumer");
        return engine;
    }

    private static async Task<Holding> HoldingAsync(Hearing hearing, Func<Holding, bool> fits) => await Eventually.GetAsync(
        "it holds as many", Soon, () => Task.FromResult(hearing.Batches[^1].Holdings.Single()), fits);
}
