using RabbitDemo.Tests.Brokers;
using RabbitDemo.Tests.Store;

namespace RabbitDemo.Tests.Chaos;

/// <summary>The system with the consumer's store in a PostgreSQL server that can be killed.</summary>
public sealed class PostgresChaosSystem : ChaosSystem
{
    private PostgresServer? server;

    /// <summary>In place of a SQLite file that refuses writes; every second one, so that few rounds meet it often.</summary>
    internal override IReadOnlyList<Fault> Faults
    {
        get
        {
            var killed = new Fault("database killed and started again", Breaks.Store, "cannot be written", async (_, random) =>
                await (server ?? throw new InvalidOperationException("There is no database.")).CrashAsync(TimeSpan.FromSeconds(0.5 + (2 * random.NextDouble())), CancellationToken.None));
            return [.. Fault.All.Where(fault => fault.Breaks != Breaks.Store).SelectMany(fault => new[] { killed, fault })];
        }
    }

    protected override bool CanRun => TestBroker.CanBreak && PostgresServer.WhyNone is null;

    protected override async Task<string[]> StartStoreAsync()
    {
        server = await PostgresServer.StartAsync(CancellationToken.None);
        return [$"--Services:consumer:ConnectionStrings:store={await server.CreateDatabaseAsync()}"];
    }

    protected override async Task StopStoreAsync()
    {
        if (server is not null)
            await server.DisposeAsync();
    }
}
