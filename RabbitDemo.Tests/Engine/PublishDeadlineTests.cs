using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using RabbitDemo.Messaging;
using RabbitDemo.Tests.Brokers;
using RabbitDemo.Tests.Chaos;
using RabbitMQ.Client;

namespace RabbitDemo.Tests.Engine;

/// <summary>A broker that takes messages more slowly than they come, or not at all for a while.</summary>
[Collection(BrokerCollection.Name)]
public sealed class PublishDeadlineTests(TestBroker broker)
{
    private const string Late = "the deadline passed before the message could be sent";
    private const int Bytes = 200_000;

    /// <summary>Together more than what the client and the sockets hold.</summary>
    private const int Many = 400;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [BrokerFact]
    public async Task RefusesWhatCouldNotBeSentInTimeAndKeepsTheConnection()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        using var network = new BrokerProxy(virtualHost.Amqp.Port);
        await using var engine = await EngineHost.StartAsync(Through(network, virtualHost), (_, _) => Task.CompletedTask,
            new("RabbitDemo:Publisher:Deadline", "00:00:01"), new("RabbitDemo:Receiver:Prefetch", "50"));
        var payload = JsonElement.Parse($$"""{"n":"{{new string('x', Bytes)}}"}""");
        var prepared = PreparedEvent.Of(new(1, "registro", payload), "", new("", EngineHost.Queue), DateTimeOffset.UtcNow);
        var events = Enumerable.Range(0, Many).Select(i => (prepared with { MessageId = $"m-{i}" }).ToMessage()).ToArray();

        network.FallSilent(forget: false);
        var outcomes = await Task.WhenAll(events.Select(message => engine.Publisher.PublishAsync(message, CancellationToken.None))).WaitAsync(Soon);
        network.Speak();
        await Eventually.GetAsync("a publish is confirmed", Soon, () => engine.PublishAsync("after"), outcome => outcome.Status == PublishStatus.Confirmed);
        await engine.WhenStoredAsync("after", TimeSpan.FromSeconds(30));

        Assert.Equal(0, engine.Reconnects);
        var refused = outcomes.Index().Where(o => o.Item == new PublishOutcome(PublishStatus.Refused, Late)).Select(o => $"m-{o.Index}").ToHashSet();
        Assert.True(refused.Count > Many / 4, $"{refused.Count} of {Many} are refused");
        Assert.DoesNotContain(engine.Inbox.Stored, delivery => refused.Contains(delivery.MessageId));
    }

    [BrokerFact]
    public async Task RefusesInTimeWhatIsQueuedBehindAWriteThatHasNoDeadline()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        using var network = new BrokerProxy(virtualHost.Amqp.Port);
        await using var session = await ConnectAsync(Through(network, virtualHost));
        await using var channel = await ConfirmChannel.OpenAsync(session, isForRequests: false, TimeProvider.System, CancellationToken.None);

        network.FallSilent(forget: false);
        var events = SendMany(channel);
        var request = Send(channel, TimeProvider.System.GetTimestamp() + TimeProvider.System.TimestampFrequency / 2);

        Assert.Equal(new(PublishStatus.Refused, Late), await request.WaitAsync(Soon));
        network.Speak();
        Assert.All(await Task.WhenAll(events).WaitAsync(TimeSpan.FromSeconds(30)), outcome => Assert.Equal(PublishStatus.Returned, outcome.Status));
        Assert.False(session.Ended.IsCompleted);
    }

    [BrokerFact]
    public async Task WritesNothingThatIsPastItsDeadline()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var session = await ConnectAsync(virtualHost.Amqp);
        await using var channel = await ConfirmChannel.OpenAsync(session, isForRequests: false, TimeProvider.System, CancellationToken.None);

        var late = Send(channel, TimeProvider.System.GetTimestamp());
        var next = Send(channel, long.MaxValue);

        Assert.Equal(new(PublishStatus.Refused, Late), await late.WaitAsync(Soon));
        Assert.Equal(PublishStatus.Returned, (await next.WaitAsync(Soon)).Status);
    }

    [BrokerFact]
    public async Task EndsAConnectionThatTakesNoDataAtAll()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        using var network = new BrokerProxy(virtualHost.Amqp.Port);
        await using var session = await ConnectAsync(Through(network, virtualHost));
        var clock = new FakeTimeProvider();
        await using var channel = await ConfirmChannel.OpenAsync(session, isForRequests: false, clock, CancellationToken.None);
        var began = clock.GetUtcNow();

        network.FallSilent(forget: false);
        _ = SendMany(channel);
        await Eventually.TrueAsync("the connection is given up", TimeSpan.FromSeconds(20), () =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(session.Ended.IsCompleted);
        });

        Assert.Equal("the connection takes no data", await session.Ended);
        Assert.True(clock.GetUtcNow() - began >= TimeSpan.FromSeconds(30));
    }

    [BrokerFact(BreaksIt = true)]
    public async Task KeepsAConnectionThatTheBrokerBlocks()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var session = await ConnectAsync(virtualHost.Amqp);
        var clock = new FakeTimeProvider();
        await using var channel = await ConfirmChannel.OpenAsync(session, isForRequests: false, clock, CancellationToken.None);

        await broker.SetMemoryAlarmAsync(CancellationToken.None);
        Task<PublishOutcome>[] events;
        try
        {
            events = SendMany(channel);
            await Eventually.TrueAsync("the broker says that it blocks", Soon, () => Task.FromResult(session.IsBlocked));
            clock.Advance(TimeSpan.FromMinutes(2));
        }
        finally
        {
            await broker.ClearMemoryAlarmAsync(CancellationToken.None);
        }

        Assert.All(await Task.WhenAll(events).WaitAsync(TimeSpan.FromSeconds(30)), outcome => Assert.Equal(PublishStatus.Returned, outcome.Status));
        Assert.False(session.Ended.IsCompleted);
    }

    private static Uri Through(BrokerProxy network, TestVirtualHost virtualHost) => new UriBuilder(virtualHost.Amqp) { Port = network.Port }.Uri;

    /// <summary>A connection that is silent for long before it is given up for that.</summary>
    private static Task<BrokerSession> ConnectAsync(Uri broker)
    {
        var factory = new ConnectionFactory { Uri = broker, AutomaticRecoveryEnabled = false, RequestedHeartbeat = TimeSpan.FromMinutes(1) };
        CoalescedWrites.Use(factory);
        return BrokerSession.OpenAsync(factory, "test", takesDeliveries: false, CancellationToken.None);
    }

    /// <summary>As the outbox sends: without a deadline.</summary>
    private static Task<PublishOutcome>[] SendMany(ConfirmChannel channel) =>
        [.. Enumerable.Range(0, Many).Select(_ => Send(channel, long.MaxValue, Bytes))];

    /// <summary>To a queue that is not there: the broker has no more to do with it than to say so.</summary>
    private static Task<PublishOutcome> Send(ConfirmChannel channel, long deadline, int bytes = 10)
    {
        var properties = new BasicProperties { Headers = new Dictionary<string, object?>() };
        var publish = new PendingPublish(new("", "nobody", properties, new byte[bytes]), deadline);
        Assert.True(channel.TrySend(publish));
        return publish.Outcome.AsTask();
    }
}
