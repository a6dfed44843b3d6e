using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using RabbitMQ.Client;

namespace RabbitDemo.Tests.AppHost;

[Collection(AppHostCollection.Name)]
public sealed class BrokerProcessTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private readonly TemporaryDirectory data = new();

    [InstalledServerFact]
    public async Task GivesItsUserAConnectionStringAndAManagementApi()
    {
        const string password = "a b#c'd\"e\\f%ü";
        await using var system = await RunningAppHost.StartBrokerAsync(data, "--Parameters:broker-user=anna", $"--Parameters:broker-password={password}");
        await system.HealthyAsync("rabbitmq");

        using var management = system.Management("anna", password);
        var version = await management.VersionAsync();
        await using var connection = await ConnectAsync(system);

        Assert.NotEmpty(version);
        Assert.True(connection.IsOpen);
    }

    [InstalledServerFact]
    public async Task KeepsQueuesAndMessagesFromRunToRun()
    {
        await using (var first = await RunningAppHost.StartBrokerAsync(data))
        {
            await first.HealthyAsync("rabbitmq");
            await PublishAsync(first, "kept");
            await first.StopAsync();
        }

        await using var second = await RunningAppHost.StartBrokerAsync(data);
        await second.HealthyAsync("rabbitmq");

        Assert.Equal(1u, await CountAsync(second, "kept"));
    }

    [InstalledServerFact]
    public async Task IsStartedAgainWithItsDataAfterAKill()
    {
        await using var system = await RunningAppHost.StartBrokerAsync(data);
        await system.HealthyAsync("rabbitmq");
        await PublishAsync(system, "kept");
        system.Node.Kill();
        using var deadline = new CancellationTokenSource(Soon);
        await system.Application.ResourceNotifications.WaitForResourceAsync(
            "rabbitmq", e => KnownResourceStates.TerminalStates.Contains(e.Snapshot.State?.Text), deadline.Token);

        var start = await system.Application.ResourceCommands.ExecuteCommandAsync("rabbitmq", KnownResourceCommands.StartCommand, deadline.Token);
        await Eventually.TrueAsync("the message is there again", Soon, async () => await CountAsync(system, "kept") == 1);

        Assert.True(start.Success, start.Message);
    }

    [InstalledServerFact]
    public async Task LeavesNoProcessWhenItsAppHostIsDone()
    {
        int pid;
        await using (var system = await RunningAppHost.StartBrokerAsync(data))
        {
            await system.HealthyAsync("rabbitmq");
            pid = system.Node.Id;
            await system.StopAsync();
        }

        await Eventually.TrueAsync("node, epmd and guardian are gone", Soon, () => Task.FromResult(!Processes.Running(pid) && !Processes.Mention(data.Path)));
    }

    [InstalledServerFact]
    public async Task OutlivesALateGuardianOfTheRunBefore()
    {
        int[] guardian = [];
        try
        {
            await using (var first = await RunningAppHost.StartBrokerAsync(data))
            {
                await first.HealthyAsync("rabbitmq");
                guardian = Processes.ThatMention("guardian.sh", data.Path);
                Processes.Signal("STOP", guardian);
                await first.StopAsync();
            }

            await using var second = await RunningAppHost.StartBrokerAsync(data);
            await second.HealthyAsync("rabbitmq");
            var node = second.Node.Id;
            Processes.Signal("CONT", guardian);
            await Eventually.TrueAsync("the first run's guardian is done", Soon, () => Task.FromResult(guardian.Length > 0 && !guardian.Any(Processes.Running)));

            Assert.True(Processes.Running(node));
        }
        finally
        {
            Processes.Signal("CONT", guardian); // else it would stay for ever after a failure
        }
    }

    [InstalledServerFact]
    public async Task NamesTheParametersWhenTheDataHaveAnotherPassword()
    {
        await using (var first = await RunningAppHost.StartBrokerAsync(data))
        {
            await first.HealthyAsync("rabbitmq");
            await first.StopAsync();
        }

        await using var second = await RunningAppHost.StartBrokerAsync(data, "--Parameters:broker-password=another");
        using var deadline = new CancellationTokenSource(Soon);
        var seen = await second.Application.ResourceNotifications.WaitForResourceAsync(
            "rabbitmq", e => e.Snapshot.HealthReports.Any(r => r.Description?.Contains("refuses", StringComparison.Ordinal) == true), deadline.Token);

        Assert.NotNull(seen);
    }

    [InstalledServerFact]
    public async Task RefusesADirectoryThatAnotherRunUses()
    {
        await using var first = await RunningAppHost.StartBrokerAsync(data);

        var refused = await Record.ExceptionAsync(() => RunningAppHost.StartBrokerAsync(data));

        Assert.Contains("DataDirectory", refused?.GetBaseException().Message, StringComparison.Ordinal);
    }

    public void Dispose() => data.Dispose();

    private static async Task<IConnection> ConnectAsync(RunningAppHost system)
    {
        var address = await system.Application.GetConnectionStringAsync("rabbitmq") ?? throw new InvalidOperationException("There is no connection string.");
        return await new ConnectionFactory { Uri = new(address) }.CreateConnectionAsync();
    }

    internal static async Task PublishAsync(RunningAppHost system, string queue)
    {
        await using var connection = await ConnectAsync(system);
        await using var channel = await connection.CreateChannelAsync(new(true, true));
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
        await channel.BasicPublishAsync("", queue, mandatory: true, new BasicProperties { Persistent = true }, new byte[] { 1 });

        // Killed within milliseconds, a node with Mnesia may lose what it declared last, and the confirmed message in it: now that is this.
        await channel.QueueDeclareAsync($"{queue}.next", durable: true, exclusive: false, autoDelete: false);
    }

    internal static async Task<uint> CountAsync(RunningAppHost system, string queue)
    {
        await using var connection = await ConnectAsync(system);
        await using var channel = await connection.CreateChannelAsync();
        return await channel.MessageCountAsync(queue);
    }
}
