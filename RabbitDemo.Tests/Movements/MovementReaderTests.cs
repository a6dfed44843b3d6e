using System.Text;
using RabbitDemo.Messaging;
using RabbitDemo.Tests.Brokers;
using RabbitDemo.Tests.Engine;
using RabbitMQ.Client;

namespace RabbitDemo.Tests.Movements;

[Collection(SecondBrokerCollection.Name)]
public sealed class MovementReaderTests(TestBroker broker)
{
    private static readonly KeyValuePair<string, string?> On = new("RabbitDemo:Movements", "true");

    [BrokerFact]
    public async Task PassesOverWhatIsNoBatch()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var hearing = await Hearing.StartAsync(virtualHost.Amqp);
        await using var connection = await virtualHost.ConnectAsync(CancellationToken.None);
        await using var channel = await connection.CreateChannelAsync();

        string[] bodies = ["", "no json", "{}", "[]", "null", """{"service":"a","instance":"a@1","since":"2026-01-01","version":"","number":1,"at":"2026-01-01","isLast":false,"counts":null,"movements":[],"holdings":[]}"""];
        foreach (var body in bodies)
            await channel.BasicPublishAsync("lab.movements", "", Encoding.UTF8.GetBytes(body));
        var heard = hearing.WhenHeardAsync("a");
        await channel.BasicPublishAsync("lab.movements", "", Encoding.UTF8.GetBytes(
            """{"service":"a","instance":"a@1","since":"2026-01-01","version":"","number":1,"at":"2026-01-01","isLast":false,"counts":[],"movements":[],"holdings":[],"new":1}"""));
        await heard;

        Assert.Equal(bodies.Length, hearing.Reader.Unreadable);
        Assert.Single(hearing.Batches);
    }

    [BrokerFact]
    public async Task LosesTheOldestBatchesWhenItIsSlow()
    {
        const int Sent = 1_500;
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var hearing = await Hearing.StartAsync(virtualHost.Amqp);
        using var slow = new ManualResetEventSlim();
        hearing.Reader.Received += _ => slow.Wait(TimeSpan.FromSeconds(30));
        await using var connection = await virtualHost.ConnectAsync(CancellationToken.None);
        await using var channel = await connection.CreateChannelAsync(new(true, true));
        for (var number = 1; number <= Sent; number++)
        {
            await channel.BasicPublishAsync("lab.movements", "", Encoding.UTF8.GetBytes(
                $$"""{"service":"a","instance":"a@1","since":"2026-01-01","version":"","number":{{number}},"at":"2026-01-01","isLast":false,"counts":[],"movements":[],"holdings":[]}"""));
        }

        slow.Set();
        await Eventually.GetAsync("the newest is heard", TimeSpan.FromSeconds(10), () => Task.FromResult(hearing.Batches[^1].Number), newest => newest == Sent);

        Assert.Equal(1, hearing.Batches[0].Number);
        Assert.InRange(hearing.Batches.Count, 1_000, 1_200);
    }

    [BrokerFact]
    public async Task HearsEverythingInEachLab()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var one = await Hearing.StartAsync(virtualHost.Amqp);
        await using var other = await Hearing.StartAsync(virtualHost.Amqp);
        one.Reader.Received += _ => throw new InvalidOperationException("a subscriber fails");
        var heard = 0;
        one.Reader.Received += _ => Interlocked.Increment(ref heard);
        await using var engine = await EngineHost.StartAsync(virtualHost, (_, _) => Task.CompletedTask, On);
        await one.WhenHeardAsync("consumer");

        await engine.PublishAsync("a");

        await one.MovementAsync(MovementKind.Stored, "a");
        await other.MovementAsync(MovementKind.Stored, "a");
        await Eventually.TrueAsync("the one behind the subscriber that fails hears too", TimeSpan.FromSeconds(10), () => Task.FromResult(heard > 1));
    }

    [BrokerFact]
    public async Task LeavesTheServiceAloneWhenTheExchangeCannotBeUsed()
    {
        await using var virtualHost = await broker.CreateVirtualHostAsync();
        await using var connection = await virtualHost.ConnectAsync(CancellationToken.None);
        await using var channel = await connection.CreateChannelAsync();
        await channel.ExchangeDeclareAsync("lab.movements", RabbitMQ.Client.ExchangeType.Direct);

        await using var engine = await EngineHost.StartAsync(virtualHost, (_, _) => Task.CompletedTask, On);
        await engine.PublishAsync("a");
        await engine.WhenStoredAsync("a");
        await channel.ExchangeDeleteAsync("lab.movements");
        await using var hearing = await Hearing.StartAsync(virtualHost.Amqp);

        await hearing.WhenHeardAsync("consumer");
        Assert.Equal(0, engine.Receiver.Reconnects);
    }
}
