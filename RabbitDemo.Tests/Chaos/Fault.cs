using RabbitDemo.Tests.Brokers;

namespace RabbitDemo.Tests.Chaos;

/// <summary>What a fault breaks: two at once are of different ones.</summary>
internal enum Breaks
{
    Broker,
    Network,
    Producer,
    Consumer,
    Store
}

/// <param name="Name">As it is reported.</param>
/// <param name="Breaks">Its subject.</param>
/// <param name="Trace">What producer or consumer logs when it has hit them; null when it is seen otherwise, or may go unnoticed.</param>
/// <param name="RunAsync">Breaks it, and mends what does not mend itself; returns at the fault's end.</param>
internal sealed record Fault(string Name, Breaks Breaks, string? Trace, Func<ChaosSystem, Random, Task> RunAsync)
{
    /// <summary>Real faults on real processes and sockets.</summary>
    public static IReadOnlyList<Fault> All { get; } =
    [
        new("broker killed and started again", Breaks.Broker, "Lost the broker", async (system, _) =>
        {
            await system.Broker.KillAsync(CancellationToken.None);
            await system.Broker.StartAsync(CancellationToken.None);
        }),
        new("consumer killed and started again", Breaks.Consumer, null, (system, random) => KillAsync(system, "consumer", random)),
        new("network cut with resets", Breaks.Network, "Lost the broker", async (system, random) =>
        {
            try
            {
                system.Network.Cut();
                await LastAsync(random, 0.2, 4);
            }
            finally
            {
                system.Network.Mend();
            }
        }),
        new("producer killed and started again", Breaks.Producer, null, (system, random) => KillAsync(system, "producer", random)),
        new("memory alarm", Breaks.Broker, "blocks the connection", async (system, random) =>
        {
            await system.Broker.SetMemoryAlarmAsync(CancellationToken.None);
            await LastAsync(random, 0, 2);
            await system.Broker.ClearMemoryAlarmAsync(CancellationToken.None);
        }),
        new("channel closed by a 406", Breaks.Network, null, (system, random) =>
            Eventually.TrueAsync("a channel's client knows of its end", OtherFaultEnds, () => system.Network.SpoilChannelAsync(ConsumerClient.Queue, random).WaitAsync(OtherFaultEnds))),
        new("broker stopped and started again", Breaks.Broker, "Lost the broker", async (system, _) =>
        {
            await system.Broker.StopAsync(CancellationToken.None);
            await system.Broker.StartAsync(CancellationToken.None);
        }),
        new("network silent, then heard again", Breaks.Network, null, (system, random) => SilenceAsync(system, random, forget: false)),
        new("store refuses writes", Breaks.Store, "cannot be written", async (system, random) =>
        {
            await using var held = await system.LockStoreAsync();
            await LastAsync(random, 2, 4);
        }),
        new("connections closed by an operator", Breaks.Broker, "CONNECTION_FORCED", (system, _) =>
            Eventually.TrueAsync("connections are closed", OtherFaultEnds, async () => await system.VirtualHost.CloseAllConnectionsAsync() > 0)),
        new("network silent, its connections forgotten", Breaks.Network, "Lost the broker", (system, random) => SilenceAsync(system, random, forget: true))
    ];

    /// <summary>
    /// The round's other fault may leave nothing to break until it has ended: at the longest a node's start. How soon the system is
    /// back after it is <see cref="Probe"/>'s to judge.
    /// </summary>
    private static TimeSpan OtherFaultEnds => LocalNode.StartsWithin + TimeSpan.FromSeconds(15);

    private static async Task KillAsync(ChaosSystem system, string service, Random random)
    {
        await system.KillAsync(service);
        await LastAsync(random, 0, 1.5);
        await system.StartAsync(service);
    }

    private static async Task SilenceAsync(ChaosSystem system, Random random, bool forget)
    {
        system.Network.FallSilent(forget);
        await LastAsync(random, 2, 7);
        system.Network.Speak();
    }

    private static Task LastAsync(Random random, double fromSeconds, double toSeconds) =>
        Task.Delay(TimeSpan.FromSeconds(fromSeconds + (random.NextDouble() * (toSeconds - fromSeconds))));
}
