using Aspire.Hosting.ApplicationModel;

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
        await using var connection = await BrokerRuns.ConnectAsync(system);

        Assert.NotEmpty(version);
        Assert.True(connection.IsOpen);
    }

    [InstalledServerFact]
    public Task KeepsQueuesAndMessagesFromRunToRun() => BrokerRuns.KeepMessagesAsync(data, "--Broker=process");

    [InstalledServerFact]
    public async Task IsStartedAgainWithItsDataAfterAKill()
    {
        await using var system = await RunningAppHost.StartBrokerAsync(data);
        await system.HealthyAsync("rabbitmq");
        await BrokerRuns.PublishAsync(system, "kept");
        system.Node.Kill();
        using var deadline = new CancellationTokenSource(Soon);
        await system.Application.ResourceNotifications.WaitForResourceAsync(
            "rabbitmq", e => KnownResourceStates.TerminalStates.Contains(e.Snapshot.State?.Text), deadline.Token);

        var start = await system.Application.ResourceCommands.ExecuteCommandAsync("rabbitmq", KnownResourceCommands.StartCommand, deadline.Token);
        await Eventually.TrueAsync("the message is there again", Soon, async () => await BrokerRuns.CountAsync(system, "kept") == 1);

        Assert.True(start.Success, start.Message);
    }

    [InstalledServerFact]
    public async Task EndsByItselfWhenItIsStopped()
    {
        await using var system = await RunningAppHost.StartBrokerAsync(data);
        await system.HealthyAsync("rabbitmq");
        using var deadline = new CancellationTokenSource(Soon);

        await system.Application.ResourceCommands.ExecuteCommandAsync("rabbitmq", KnownResourceCommands.StopCommand, deadline.Token);
        var ended = await system.Application.ResourceNotifications.WaitForResourceAsync(
            "rabbitmq", e => KnownResourceStates.TerminalStates.Contains(e.Snapshot.State?.Text), deadline.Token);

        Assert.Equal(0, ended.Snapshot.ExitCode); // 137 when the orchestrator had to kill it
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
    public Task NamesTheParametersWhenTheDataHaveAnotherPassword() => BrokerRuns.RefuseAnotherPasswordAsync(data, "--Broker=process");

    [InstalledServerFact]
    public async Task RefusesADirectoryThatAnotherRunUses()
    {
        await using var first = await RunningAppHost.StartBrokerAsync(data);

        var refused = await Record.ExceptionAsync(() => RunningAppHost.StartBrokerAsync(data));

        Assert.Contains("DataDirectory", refused?.GetBaseException().Message, StringComparison.Ordinal);
    }

    public void Dispose() => data.Dispose();
}
