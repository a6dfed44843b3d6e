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
    public Task KeepsQueuesAndMessagesFromRunToRun() => BrokerRuns.KeepMessagesAsync(data, "--Broker=container");

    [ContainerFact]
    public async Task IsStartedAgainWithItsData()
    {
        await using var system = await RunningAppHost.StartBrokerAsync(data, "--Broker=container");
        await system.HealthyAsync("rabbitmq");
        await BrokerRuns.PublishAsync(system, "kept");
        using var deadline = new CancellationTokenSource(Soon);

        var restart = await system.Application.ResourceCommands.ExecuteCommandAsync("rabbitmq", KnownResourceCommands.RestartCommand, deadline.Token);
        await Eventually.TrueAsync("the message is there again", Soon, async () => await BrokerRuns.CountAsync(system, "kept") == 1);

        Assert.True(restart.Success, restart.Message);
    }

    [ContainerFact]
    public Task NamesTheParametersWhenTheDataHaveAnotherPassword() => BrokerRuns.RefuseAnotherPasswordAsync(data, "--Broker=container");

    public void Dispose()
    {
        var client = ContainerEngine.Client() ?? throw new InvalidOperationException("The container engine is gone.");
        using var removal = Process.Start(client, ["volume", "rm", "--force", DataDirectory.VolumeOf(data.Path, "rabbitmq")]);
        removal.WaitForExit();
        data.Dispose();
    }
}
