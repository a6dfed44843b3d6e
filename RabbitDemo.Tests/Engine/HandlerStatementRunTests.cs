using RabbitDemo.Messaging;
using RabbitDemo.Tests.Brokers;

namespace RabbitDemo.Tests.Engine;

/// <summary>What a handler adds to its delivery, on its way through the engine.</summary>
[Collection(BrokerCollection.Name)]
public sealed class HandlerStatementRunTests(TestBroker broker)
{
    private const string SeenSql = "INSERT INTO seen (message_id, times) VALUES ($1, $2)";

    [BrokerFact]
    public async Task HappensOnceForEachEventWhenSessionsEndBetweenTheHandlerAndTheAcknowledgement()
    {
        const int Events = 20;
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        var calls = 0;
        var outbreak = new TaskCompletionSource();
        await using var engine = await EngineHost.StartAsync(virtualHost, (delivery, _) =>
        {
            Interlocked.Increment(ref calls);
            delivery.AddStatement(SeenSql, delivery.MessageId, 1);
            return Task.CompletedTask;
        }, new KeyValuePair<string, string?>("RabbitDemo:Receiver:Prefetch", "10"));

        engine.Inbox.StoringWaitsFor = outbreak.Task;
        for (var i = 0; i < Events; i++)
            await engine.PublishAsync($"m-{i}");
        await Eventually.TrueAsync("some are handled", TimeSpan.FromSeconds(10), () => Task.FromResult(Volatile.Read(ref calls) > 0));
        await engine.CloseConnectionsAsync(virtualHost);
        outbreak.SetResult();
        engine.Inbox.StoringWaitsFor = null;
        await Eventually.GetAsync("all are stored and acknowledged", TimeSpan.FromSeconds(30),
            async () => $"{engine.Inbox.Stored.Count} stored, {await virtualHost.CountAsync(EngineHost.Queue)}",
            state => state.StartsWith($"{Events} stored", StringComparison.Ordinal) && state.Contains("Unacked = 0", StringComparison.Ordinal));

        Assert.True(engine.Counters.Deliveries.Redelivered > 0, "nothing was redelivered");
        for (var i = 0; i < Events; i++)
            Assert.Equal((i, 1L), (i, await engine.SeenAsync($"m-{i}")));
    }

    [BrokerFact]
    public async Task EndsDeadWithTheDatabasesMessageWhenItIsRefusedEveryTimeWhileOthersFlowOn()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var engine = await EngineHost.StartAsync(virtualHost, (delivery, _) =>
        {
            delivery.AddStatement(SeenSql, delivery.MessageId, delivery.Evento.Tipo == "falla" ? 0 : 1);
            return Task.CompletedTask;
        });

        await engine.PublishAsync("refused", "falla");
        await engine.PublishAsync("other");
        await engine.WhenStoredAsync("other");
        var letter = await engine.WhenDeadAsync("refused");

        Assert.Equal((DeathReasons.HandlerFailed, 4), (letter.Reason, letter.Attempts));
        Assert.StartsWith("StatementRefusedException: SQLite Error 19: 'CHECK constraint failed", letter.Error, StringComparison.Ordinal);
        Assert.Equal((4, 0L, 1L), (engine.Inbox.Failures.Count, await engine.SeenAsync("refused"), await engine.SeenAsync("other")));
        Assert.Null(engine.Receiver.Queues[0].Trouble);
        Assert.Equal(0, engine.Receiver.Reconnects);
    }

    [BrokerFact]
    public async Task IsOfTheAttemptThatSucceedsAlone()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        var calls = 0;
        await using var engine = await EngineHost.StartAsync(virtualHost, (delivery, _) =>
        {
            delivery.AddStatement(SeenSql, delivery.MessageId, Interlocked.Increment(ref calls));
            return calls <= 2 ? throw new InvalidOperationException("boom") : Task.CompletedTask;
        });

        await engine.PublishAsync("third");
        await engine.WhenStoredAsync("third");

        Assert.Equal(3, await engine.SeenAsync("third"));
    }

    /// <summary>Also of a copy: a handler in front of another may change what that one sees.</summary>
    [BrokerFact]
    public async Task CountsOfACopyAndNotAfterTheHandlerHasEnded()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        var stored = new TaskCompletionSource();
        Delivery? handled = null;
        await using var engine = await EngineHost.StartAsync(virtualHost, (delivery, _) =>
        {
            handled = delivery;
            (delivery with { RoutingKey = "otra" }).AddStatement(SeenSql, delivery.MessageId, 1);
            return Task.CompletedTask;
        });
        engine.Inbox.StoringWaitsFor = stored.Task;

        await engine.PublishAsync("a");
        var late = await Eventually.GetAsync("the handler has ended", TimeSpan.FromSeconds(10),
            () => Task.FromResult(handled is null ? null : Record.Exception(() => handled.AddStatement("SELECT $1", 1))), thrown => thrown is not null);
        stored.SetResult();
        await engine.WhenStoredAsync("a");

        Assert.IsType<InvalidOperationException>(late);
        Assert.Equal(1, await engine.SeenAsync("a"));
    }

    /// <summary>It would otherwise be lost without a word.</summary>
    [BrokerFact]
    public async Task EndsDeadWithAnInboxThatCannotRunIt()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var engine = await EngineHost.StartAsync(virtualHost, (delivery, _) =>
        {
            delivery.AddStatement(SeenSql, delivery.MessageId, 1);
            return Task.CompletedTask;
        });
        engine.Inbox.RunsStatements = false;

        await engine.PublishAsync("a");
        var letter = await engine.WhenDeadAsync("a");

        Assert.Equal(("NotSupportedException: the test's store runs no statements", 4), (letter.Error, letter.Attempts));
    }
}
