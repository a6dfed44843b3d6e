using System.Diagnostics;
using Aspire.Hosting.ApplicationModel;
using RabbitDemo.AppHost;

namespace RabbitDemo.Tests.AppHost;

[Collection(AppHostCollection.Name)]
public sealed class BrokerContainerTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    private readonly TemporaryDirectory data = new();

    [ContainerFact]
    public async Task KeepsQueuesAndMessagesFromRunToRun()
    {
        await using (var first = await RunningAppHost.StartBrokerAsync(data, "--Broker=container"))
        {
            await first.HealthyAsync("rabbitmq");
            await BrokerProcessTests.PublishAsync(first, "kept");
            await first.StopAsync();
        }

        await using var second = await RunningAppHost.StartBrokerAsync(data, "--Broker=container");
        await second.HealthyAsync("rabbitmq");

        Assert.Equal(1u, await BrokerProcessTests.CountAsync(second, "kept"));
    }

    [ContainerFact]
    public async Task IsStartedAgainWithItsData()
    {
        await using var system = await RunningAppHost.StartBrokerAsync(data, "--Broker=container");
        await system.HealthyAsync("rabbitmq");
        await BrokerProcessTests.PublishAsync(system, "kept");
        using var deadline = new CancellationTokenSource(Soon);

        var restart = await system.Application.ResourceCommands.ExecuteCommandAsync("rabbitmq", KnownResourceCommands.RestartCommand, deadline.Token);
        await Eventually.TrueAsync("the message is there again", Soon, async () => await BrokerProcessTests.CountAsync(system, "kept") == 1);

        Assert.True(restart.Success, restart.Message);
    }

    [ContainerFact]
    public async Task NamesTheParametersWhenTheDataHaveAnotherPassword()
    {
        await using (var first = await RunningAppHost.StartBrokerAsync(data, "--Broker=container"))
        {
            await first.HealthyAsync("rabbitmq");
            await first.StopAsync();
        }

        await using var second = await RunningAppHost.StartBrokerAsync(data, "--Broker=container", "--Parameters:broker-password=another");
        using var deadline = new CancellationTokenSource(Soon);
        var seen = await second.Application.ResourceNotifications.WaitForResourceAsync(
            "rabbitmq", e => e.Snapshot.HealthReports.Any(r => r.Description?.Contains("refuses", StringComparison.Ordinal) == true), deadline.Token);

        Assert.NotNull(seen);
    }

    public void Dispose()
    {
        var client = ContainerEngine.Client() ?? throw new InvalidOperationException("The container engine is gone.");
        using var removal = Process.Start(client, ["volume", "rm", "--force", DataDirectory.VolumeOf(data.Path, "rabbitmq")]);
        removal.WaitForExit();
        data.Dispose();
    }
}
