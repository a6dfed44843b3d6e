using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using RabbitDemo.Messaging;
using RabbitDemo.Tests.Brokers;
using RabbitDemo.Tests.Chaos;
using RabbitDemo.Tests.Proof;
using RabbitMQ.Client;

namespace RabbitDemo.Tests.Engine;

/// <summary>A broker that keeps its connections and says nothing, as one that is frozen does.</summary>
[Collection(BrokerCollection.Name)]
public sealed class SilentBrokerTests(TestBroker broker)
{
    private static readonly KeyValuePair<string, string?> Patient = new(EngineHost.Heartbeat, "00:01:00");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task IsLeftByAnAttemptThatWasGivenUp(bool takesDeliveries)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var factory = new ConnectionFactory { Uri = new($"amqp://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}"), AutomaticRecoveryEnabled = false };
        CoalescedWrites.Use(factory);
        var supervisor = new ConnectionSupervisor("test", factory, new() { AttemptTimeout = TimeSpan.FromSeconds(1) }, TimeProvider.System, NullLogger.Instance)
        {
            TakesDeliveries = takesDeliveries
        };
        using var stopping = new CancellationTokenSource();
        var running = supervisor.RunAsync((_, _) => throw new InvalidOperationException("It has no session."), stopping.Token);
        using var first = await listener.AcceptSocketAsync();

        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var said = new byte[256];
        var end = await Record.ExceptionAsync(async () =>
        {
            while (await first.ReceiveAsync(said, deadline.Token) > 0)
            {
            }
        });
        await stopping.CancelAsync();
        await running;

        Assert.True(end is null or SocketException { SocketErrorCode: SocketError.ConnectionReset }, $"{end}");
    }

    [BrokerFact]
    public async Task KeepsNoDrainWaiting()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        using var network = new BrokerProxy(virtualHost.Amqp.Port);
        await using var engine = await StartAsync(virtualHost, network, new("RabbitDemo:Receiver:DrainDeadline", "00:00:01"));

        network.FallSilent(forget: false);
        var clock = Stopwatch.StartNew();
        await engine.Receiver.StopAsync(CancellationToken.None);
        var took = clock.Elapsed;
        network.Speak();

        Assert.InRange(took, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(12)); // the drain, and closing, which is bounded by itself
    }

    [BrokerFact]
    public async Task LeavesAQueueReadWhosePrefetchWasBeingChanged()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        using var network = new BrokerProxy(virtualHost.Amqp.Port);
        await using var engine = await StartAsync(virtualHost, network, new(EngineHost.AnswersWithin, "00:00:02"));
        using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        network.FallSilent(forget: false);
        await engine.Receiver.SetPrefetchAsync(EngineHost.Queue, 10, impatient.Token);
        network.Speak();
        await engine.PublishAsync("after");
        await engine.WhenStoredAsync("after", TimeSpan.FromSeconds(20));
    }

    private static Task<EngineHost> StartAsync(TestVirtualHost virtualHost, BrokerProxy network, KeyValuePair<string, string?> setting) =>
        EngineHost.StartAsync(virtualHost.Amqp.Through(network.Port), (_, _) => Task.CompletedTask, Patient, setting);
}
