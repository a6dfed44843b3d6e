using RabbitMQ.Client;

namespace RabbitDemo.Benchmarks.Measuring;

internal static class BrokerRest
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(3);

    /// <summary>A broker that has just taken many messages is still busy with them: what is measured next would pay for it.</summary>
    public static async Task AfterFillingAsync(Uri broker, string queue, long count)
    {
        await using var connection = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        while (await channel.MessageCountAsync(queue) < count)
            await Task.Delay(50);

        await Task.Delay(Rest);
    }

    public static async Task EmptyAsync(Uri broker, string queue)
    {
        await using var connection = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueuePurgeAsync(queue);
    }
}
