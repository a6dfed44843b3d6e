using Aspire.Hosting.Testing;
using RabbitMQ.Client;

namespace RabbitDemo.Tests.AppHost;

/// <summary>What holds of a broker that the AppHost starts, wherever it runs.</summary>
internal static class BrokerRuns
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    public static async Task KeepMessagesAsync(TemporaryDirectory data, string broker)
    {
        await using (var first = await RunningAppHost.StartBrokerAsync(data, broker))
        {
            await first.HealthyAsync("rabbitmq");
            await PublishAsync(first, "kept");
            await first.StopAsync();
        }

        await using var second = await RunningAppHost.StartBrokerAsync(data, broker);
        await second.HealthyAsync("rabbitmq");

        Assert.Equal(1u, await CountAsync(second, "kept"));
    }

    public static async Task RefuseAnotherPasswordAsync(TemporaryDirectory data, string broker)
    {
        await using (var first = await RunningAppHost.StartBrokerAsync(data, broker))
        {
            await first.HealthyAsync("rabbitmq");
            await first.StopAsync();
        }

        await using var second = await RunningAppHost.StartBrokerAsync(data, broker, "--Parameters:broker-password=another");
        using var deadline = new CancellationTokenSource(Soon);
        var seen = await second.Application.ResourceNotifications.WaitForResourceAsync(
            "rabbitmq", e => e.Snapshot.HealthReports.Any(r => r.Description?.Contains("refuses", StringComparison.Ordinal) == true), deadline.Token);

        Assert.NotNull(seen);
    }

    public static async Task<IConnection> ConnectAsync(RunningAppHost system)
    {
        var address = await system.Application.GetConnectionStringAsync("rabbitmq") ?? throw new InvalidOperationException("There is no connection string.");
        return await new ConnectionFactory { Uri = new(address) }.CreateConnectionAsync();
    }

    public static async Task PublishAsync(RunningAppHost system, string queue)
    {
        await using var connection = await ConnectAsync(system);
        await using var channel = await connection.CreateChannelAsync(new(true, true));
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
        await channel.BasicPublishAsync("", queue, mandatory: true, new BasicProperties { Persistent = true }, new byte[] { 1 });

        // Killed within milliseconds, a node with Mnesia may lose what it declared last, and the confirmed message in it: now that is this.
        await channel.QueueDeclareAsync($"{queue}.next", durable: true, exclusive: false, autoDelete: false);
    }

    public static async Task<uint> CountAsync(RunningAppHost system, string queue)
    {
        await using var connection = await ConnectAsync(system);
        await using var channel = await connection.CreateChannelAsync();
        return await channel.MessageCountAsync(queue);
    }
}
