using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using RabbitDemo.Messaging;
using RabbitDemo.Tests.Brokers;
using RabbitMQ.Client;

namespace RabbitDemo.Tests.Engine;

[Collection(BrokerCollection.Name)]
public sealed class ConnectionSupervisorTests(TestBroker broker)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [BrokerFact]
    public async Task ConnectsAgainThoughThePartsOfItsLastSessionNeverClose()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        using var stopping = new CancellationTokenSource();
        var factory = new ConnectionFactory { Uri = virtualHost.Amqp, AutomaticRecoveryEnabled = false };
        var supervisor = new ConnectionSupervisor("test", factory, new(), TimeProvider.System, NullLogger.Instance);
        var sessions = 0;
        var running = supervisor.RunAsync((session, _) =>
        {
            if (++sessions == 1)
                session.End("the first is over");

            return Task.FromResult<IAsyncDisposable>(sessions == 1 ? new NeverClosed() : new MemoryStream());
        }, stopping.Token);

        await Eventually.TrueAsync("it is connected again", Soon, () => Task.FromResult(sessions == 2 && supervisor.Status.Phase == ConnectionPhase.Ready));
        await stopping.CancelAsync();
        await running.WaitAsync(Soon);

        Assert.Equal(ConnectionPhase.Stopped, supervisor.Status.Phase);
    }

    [BrokerFact]
    public async Task WaitsLongerAfterEachOfSeveralSessionsThatEndAtOnce()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        using var stopping = new CancellationTokenSource();
        var longest = TimeSpan.FromMilliseconds(400);
        var factory = new ConnectionFactory { Uri = virtualHost.Amqp, AutomaticRecoveryEnabled = false };
        var clock = new NotedDelays();
        var supervisor = new ConnectionSupervisor("test", factory, new() { MaxBackoff = longest }, clock, NullLogger.Instance);
        var running = supervisor.RunAsync((session, cancellationToken) =>
        {
            _ = EndWhenReadyAsync(session);
            return Task.FromResult<IAsyncDisposable>(new MemoryStream());
        }, stopping.Token);

        await Eventually.GetAsync("it waits for the longest time", Soon, () => Task.FromResult(clock.Delays), delays => delays.Count(d => d >= longest / 2 && d <= longest) >= 3);
        await stopping.CancelAsync();
        await running.WaitAsync(Soon);

        Assert.True(supervisor.Reconnects >= 5);

        async Task EndWhenReadyAsync(BrokerSession session)
        {
            await Eventually.TrueAsync("it is ready", Soon, () => Task.FromResult(supervisor.Status.Phase == ConnectionPhase.Ready));
            session.End("it is over at once");
        }
    }

    [BrokerFact]
    public async Task SaysWhyASessionEndedInOneSentence()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        using var stopping = new CancellationTokenSource();
        using var log = new KeptLog();
        var factory = new ConnectionFactory { Uri = virtualHost.Amqp, AutomaticRecoveryEnabled = false };
        var supervisor = new ConnectionSupervisor("test", factory, new(), TimeProvider.System, log.CreateLogger("test"));
        var running = supervisor.RunAsync((session, _) =>
        {
            session.End("Connection reset by peer.");
            return Task.FromResult<IAsyncDisposable>(new MemoryStream());
        }, stopping.Token);

        var line = await Eventually.GetAsync("it says so", Soon, () => Task.FromResult(log.Lines.FirstOrDefault()), said => said is not null);
        await stopping.CancelAsync();
        await running.WaitAsync(Soon);

        Assert.Contains("to test: Connection reset by peer. Reconnecting", line, StringComparison.Ordinal);
    }

    private sealed class NotedDelays : TimeProvider
    {
        private readonly ConcurrentQueue<TimeSpan> delays = new();

        public IReadOnlyList<TimeSpan> Delays => [.. delays];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            delays.Enqueue(dueTime);
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }

    private sealed class NeverClosed : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => new(new TaskCompletionSource().Task);
    }
}
