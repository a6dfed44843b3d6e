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

    private sealed class NeverClosed : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => new(new TaskCompletionSource().Task);
    }
}
