using RabbitDemo.Messaging;
using RabbitDemo.Tests.Brokers;

namespace RabbitDemo.Tests.Engine;

[Collection(BrokerCollection.Name)]
public sealed class PermanentFailureTests(TestBroker broker)
{
    [BrokerFact]
    public async Task IsDeadAtOnceAndStoredWhenRedriven()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        var (calls, isMended) = (0, false);
        await using var engine = await EngineHost.StartAsync(virtualHost, (_, _) =>
        {
            Interlocked.Increment(ref calls);
            return Volatile.Read(ref isMended) ? Task.CompletedTask : throw new PermanentFailureException("no such order", new KeyNotFoundException("7"));
        });

        var before = DateTimeOffset.UtcNow;
        await engine.PublishAsync("hopeless");
        var letter = await engine.WhenDeadAsync("hopeless");
        var books = await engine.BooksAsync();
        var callsBefore = Volatile.Read(ref calls);
        Volatile.Write(ref isMended, true);
        await engine.Redriver.PublishAsync(letter, redrive: 1, CancellationToken.None);
        await engine.WhenStoredAsync("hopeless");

        Assert.Equal((DeathReasons.PermanentFailure, 1, 1), (letter.Reason, letter.Attempts, callsBefore));
        Assert.Equal("PermanentFailureException: no such order → KeyNotFoundException: 7", letter.Error);
        Assert.InRange(letter.PublishedAt ?? default, before.AddSeconds(-1), letter.DiedAt); // in whole seconds
        Assert.Equal(letter.Error, Assert.Single(engine.Inbox.Failures).Error);
        Assert.Equal((0L, 1L, 0L), (books.Attempted, books.Dead, books.Stored));
        books = await engine.BooksAsync();
        Assert.Equal((0L, 0L, 1L), (books.Attempted, books.Dead, books.Stored));
        Assert.Equal(0, engine.Counters.Deliveries.Retried);
    }

    [BrokerFact]
    public async Task CountsAfterThoseThatWereRetried()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        var calls = 0;
        await using var engine = await EngineHost.StartAsync(virtualHost, (_, _) =>
            throw (Interlocked.Increment(ref calls) == 1 ? new TimeoutException("late") : new PermanentFailureException("no such order")));

        await engine.PublishAsync("hopeless");
        var letter = await engine.WhenDeadAsync("hopeless");

        Assert.Equal((DeathReasons.PermanentFailure, 2), (letter.Reason, letter.Attempts));
        Assert.Equal([DeathReasons.HandlerFailed, DeathReasons.PermanentFailure], engine.Inbox.Failures.Select(f => f.Reason));
    }

    [BrokerFact]
    public async Task IsNoneWhenAnotherExceptionHoldsIt()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var engine = await EngineHost.StartAsync(virtualHost, (_, _) =>
            throw new InvalidOperationException("perhaps", new PermanentFailureException("no such order")));

        await engine.PublishAsync("perhaps");
        var letter = await engine.WhenDeadAsync("perhaps");

        Assert.Equal((DeathReasons.HandlerFailed, 4), (letter.Reason, letter.Attempts));
    }
}
