using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using RabbitDemo.Consumer;
using RabbitDemo.Producer;
using RabbitDemo.ServiceDefaults;
using RabbitDemo.Tests.AppHost;

namespace RabbitDemo.Tests.ServiceDefaults;

/// <summary>Each wrong value is one line: the whole key, the value, and what would be right.</summary>
public sealed class WrongSettingTests
{
    private const string OfBoth = "both";

    [Theory]
    [InlineData(OfBoth, "RabbitDemo:Connection:MaxBackoff=0", "", "it must be between 00:00:00.1000000 and 00:01:00.")]
    [InlineData(OfBoth, "RabbitDemo:Connection:MaxBackoff=5", "5, which is 5 days", "it must be between 00:00:00.1000000 and 00:01:00.")]
    [InlineData(OfBoth, "RabbitDemo:Connection:AttemptTimeout=00:03:00", "", "it must be between 00:00:01 and 00:02:00.")]
    [InlineData(OfBoth, "RabbitDemo:Connection:Heartbeat=-00:00:01", "", "it must be between 00:00:01 and 00:01:00.")]
    [InlineData(OfBoth, "RabbitDemo:Publisher:Window=70000", "", "it must be between 1 and 65536.")]
    [InlineData(OfBoth, "RabbitDemo:Publisher:Window=99999999999", "", "it must be a whole number up to 2147483647.")]
    [InlineData(OfBoth, "RabbitDemo:Publisher:Channels=0", "", "it must be between 1 and 64.")]
    [InlineData(OfBoth, "RabbitDemo:Publisher:Deadline=5 s", "", "it must be a time such as 00:00:05.")]
    [InlineData(OfBoth, "RabbitDemo:Queues:Type=7", "", "it must be Classic or Quorum.")]
    [InlineData(OfBoth, "RabbitDemo:Queues:Type=lazy", "", "it must be Classic or Quorum.")]
    [InlineData(OfBoth, "RabbitDemo:Movements=perhaps", "\"perhaps\"", "it must be true or false.")]
    [InlineData(OfBoth, "RabbitDemo:Topology:Defaults=perhaps", "\"perhaps\"", "it must be true or false.")]
    [InlineData("producer", "RabbitDemo:MaxBodyBytes=1", "", "it must be between 1024 and 16777216.")]
    [InlineData("producer", "RabbitDemo:Delivery=Pigeon", "", "it must be Confirm or Outbox.")]
    [InlineData("producer", "RabbitDemo:Delivery=7", "", "it must be Confirm or Outbox.")]
    [InlineData("producer", "RabbitDemo:Outbox:Capacity=0", "", "it must be between 1 and 100000000.")]
    [InlineData("producer", "RabbitDemo:Outbox:KeepKeys=-1", "", "it must be between 0 and 100000000.")]
    [InlineData("consumer", "RabbitDemo:Receiver:Prefetch=0", "", "it must be between 1 and 65535.")]
    [InlineData("consumer", "RabbitDemo:Receiver:Prefetch=many", "", "it must be a whole number up to 2147483647.")]
    [InlineData("consumer", "RabbitDemo:Receiver:Concurrency=2000", "", "it must be between 1 and 1024.")]
    [InlineData("consumer", "RabbitDemo:Receiver:HandlerTimeLimit=0", "", "it must be between 00:00:00.1000000 and 01:00:00.")]
    [InlineData("consumer", "RabbitDemo:Receiver:DrainDeadline=1", "1, which is 1 day", "it must be between 00:00:00 and 00:10:00.")]
    [InlineData("consumer", "RabbitDemo:Receiver:RetryDelays=abc", "", "'abc' must be a time from 00:00:00.010 to 7.00:00:00.")]
    [InlineData("consumer", "RabbitDemo:Receiver:RetryDelays=00:00:01, 8.00:00:00", "", "'8.00:00:00' must be a time from 00:00:00.010 to 7.00:00:00.")]
    [InlineData("consumer", "RabbitDemo:Receiver:RetryDelays=00:00:01,,00:00:02", "", "it must be times such as 00:00:01, with one comma between two.")]
    [InlineData("consumer", "RabbitDemo:Receiver:MaxBodyBytes=12", "", "it must be between 1024 and 134217728.")]
    [InlineData("consumer", "RabbitDemo:Receiver:MaxCrashes=1", "", "it must be between 2 and 100.")]
    [InlineData("consumer", "RabbitDemo:Receiver:WatchdogInterval=0", "", "it must be between 00:00:01 and 00:10:00.")]
    [InlineData("consumer", "RabbitDemo:Receiver:Queues:mensajes:Prefetch=0", "", "it must be between 1 and 65535.")]
    [InlineData("consumer", "RabbitDemo:Receiver:Queues:order.events:Concurrency=0", "", "it must be between 1 and 1024.")]
    [InlineData("consumer", "RabbitDemo:Receiver:Queues:mensajes:HandlerTimeLimit=02:00:00", "", "it must be between 00:00:00.1000000 and 01:00:00.")]
    [InlineData("consumer", "RabbitDemo:Handling:Delay=00:20:00", "", "it must be between 00:00:00 and 00:10:00.")]
    [InlineData("consumer", "RabbitDemo:Store:Path=", "", "it must be the name of a file.")]
    [InlineData("consumer", "RabbitDemo:Store:TimeoutSeconds=0", "", "it must be between 0.1 and 60.")]
    [InlineData("consumer", "RabbitDemo:Store:TimeoutSeconds=NaN", "", "it must be between 0.1 and 60.")]
    [InlineData("consumer", "RabbitDemo:Store:TimeoutSeconds=long", "", "it must be a number such as 0.5.")]
    [InlineData("consumer", "RabbitDemo:Store:KeepEventsDays=-1", "", "it must be between 0 and 36500.")]
    [InlineData("consumer", "RabbitDemo:Store:KeepEvents=-1", "", "it must be between 0 and 1000000000000.")]
    [InlineData("consumer", "RabbitDemo:Store:KeepIdsDays=0", "", "it must be between 1 and 36500.")]
    [InlineData("consumer", "RabbitDemo:Store:KeepIdsDays=5", "", "it must be at least KeepEventsDays, which is 7.")]
    [InlineData("consumer", "RabbitDemo:Store:SweepSeconds=0", "", "it must be between 1 and 86400.")]
    public async Task IsOneLineWithKeyValueAndRule(string service, string setting, string shown, string rule)
    {
        var (key, value) = setting.Split('=', 2) is [var k, var v] ? (k, v) : throw new ArgumentException(setting);
        foreach (var build in Programs(service))
        {
            var line = await FailAsync(build, $"--{setting}");

            Assert.Equal($"{key} is {(shown.Length > 0 ? shown : value)}: {rule}", line);
        }
    }

    /// <summary>A value of a queue that is not of its type, and names that there are none of; a value may be a key, and is not said then.</summary>
    [Theory]
    [InlineData("consumer", "RabbitDemo:Receiver:Queues:mensajes:Prefetch=many", "RabbitDemo:Receiver:Queues:mensajes:Prefetch is many: it must be a whole number up to 2147483647.")]
    [InlineData("consumer", "RabbitDemo:Receiver:Queues:order.events:HandlerTimeLimit=long", "RabbitDemo:Receiver:Queues:order.events:HandlerTimeLimit is long: it must be a time such as 00:00:05.")]
    [InlineData("consumer", "RabbitDemo:Receiver:Queues:mensajes:Prefech=5", "RabbitDemo:Receiver:Queues:mensajes:Prefech: there is no such setting here, only Prefetch, Concurrency, HandlerTimeLimit.")]
    [InlineData("consumer", "RabbitDemo:Receiver:Prefech=5", "RabbitDemo:Receiver:Prefech: there is no such setting here, only Prefetch, Concurrency, HandlerTimeLimit, DrainDeadline, RetryDelays, MaxBodyBytes, MaxCrashes, WatchdogInterval, Queues.")]
    [InlineData("consumer", "RabbitDemo:Handling:Dealy=1", "RabbitDemo:Handling:Dealy: there is no such setting here, only Delay.")]
    [InlineData("producer", "RabbitDemo:Outbox:Capactiy=1", "RabbitDemo:Outbox:Capactiy: there is no such setting here, only Path, Capacity, KeepKeys.")]
    [InlineData(OfBoth, "RabbitDemo:Queues:Typ=Quorum", "RabbitDemo:Queues:Typ: there is no such setting here, only Type, SingleActiveConsumer.")]
    [InlineData(OfBoth, "RabbitDemo:Connection:MaxBackof:Seconds=1", "RabbitDemo:Connection:MaxBackof: there is no such setting here, only MaxBackoff, AttemptTimeout, Heartbeat.")]
    [InlineData(OfBoth, "RabbitDemo:AdmnKey=never-shown", "RabbitDemo:AdmnKey: there is no such setting here, only AdminKey, Connection, Delivery, Handling, Lab, MaxBodyBytes, Movements, Outbox, Publisher, Queues, Receiver, SendKey, Service, Store, Topology.")]
    public async Task IsOneLineAlsoWhenTheBinderWouldPassOverIt(string service, string setting, string expected)
    {
        foreach (var build in Programs(service))
        {
            Assert.Equal(expected, await FailAsync(build, $"--{setting}"));
        }
    }

    /// <summary>Of any service: each gets the settings of all.</summary>
    [Theory]
    [InlineData("RabbitDemo:Receiver:Queues:mensajess:Prefetch=50", "RabbitDemo:Receiver:Queues:mensajess: there is no such queue here, only mensajes, user_events, order_events, auditoria, ")]
    [InlineData("RabbitDemo:Receiver:Queues:Mensajes:Prefetch=50", "RabbitDemo:Receiver:Queues:Mensajes: there is no such queue here, only mensajes, ")]
    [InlineData("RabbitDemo:Queues:SingleActiveConsumer:0=mensajess", "RabbitDemo:Queues:SingleActiveConsumer:0 is \"mensajess\": there is no such queue here, only mensajes, ")]
    [InlineData("RabbitDemo:Queues:SingleActiveConsumer=mensajes", "RabbitDemo:Queues:SingleActiveConsumer is \"mensajes\": it must be a list.")]
    public async Task IsOneLineWhenThereIsNoSuchQueue(string setting, string expected)
    {
        foreach (var build in Programs(OfBoth))
        {
            var line = await FailAsync(build, $"--{setting}");

            Assert.StartsWith(expected, line, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("RabbitDemo:Receiver:Queues:user_events:Prefetch=50")]
    [InlineData("RabbitDemo:Receiver:Queues:order.events:Prefetch=50")]
    [InlineData("RabbitDemo:Queues:SingleActiveConsumer:0=order.events")]
    public async Task MayBeOfAnyQueueThatThereIs(string setting)
    {
        foreach (var build in Programs(OfBoth))
            Assert.Null(await FailAsync(build, $"--{setting}"));
    }

    private static Func<string[], WebApplication>[] Programs(string service) => service switch
    {
        "producer" => [ProducerApp.Build],
        "consumer" => [ConsumerApp.Build],
        _ => [ProducerApp.Build, ConsumerApp.Build]
    };

    /// <summary>What the process would say at its end.</summary>
    private static async Task<string?> FailAsync(Func<string[], WebApplication> build, string setting)
    {
        using var data = new TemporaryDirectory();
        IConfiguration? configuration = null;
        var failure = await Record.ExceptionAsync(async () =>
        {
            await using var app = build(
            [
                "--urls=http://127.0.0.1:0", "--ConnectionStrings:rabbitmq=amqp://guest:guest@127.0.0.1:1", "--Logging:LogLevel:Default=None",
                "--RabbitDemo:Topology:Queues:0:Name=order.events", "--RabbitDemo:Topology:Queues:0:ReadBy=nobody",
                $"--RabbitDemo:Store:Path={Path.Combine(data.Path, "store.db")}", $"--RabbitDemo:Outbox:Path={Path.Combine(data.Path, "outbox.db")}", "--RabbitDemo:Delivery=Outbox", setting
            ]);
            configuration = app.Configuration;
            await app.StartAsync();
            await app.StopAsync();
        });
        return failure is null ? null : StartupFailure.Describe(failure, configuration);
    }
}
