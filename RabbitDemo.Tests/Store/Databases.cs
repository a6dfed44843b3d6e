using System.Reflection;
using Microsoft.Data.Sqlite;
using Npgsql;
using RabbitDemo.Consumer.Store;
using RabbitDemo.Tests.Chaos;
using Xunit.Sdk;

namespace RabbitDemo.Tests.Store;

public enum DatabaseKind
{
    Sqlite,
    Postgres
}

/// <summary>Runs a theory once on a SQLite file.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnSqliteAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[DatabaseKind.Sqlite]];
}

/// <summary>Runs a theory once on a PostgreSQL server: skipped, with the reason, only where none is installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnPostgresAttribute : DataAttribute
{
    public OnPostgresAttribute() => Skip = PostgresServer.WhyNone;

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[DatabaseKind.Postgres]];
}

/// <summary>Gives each test a database of its own. The PostgreSQL server is started by the first test that needs it.</summary>
public sealed class Databases : IAsyncLifetime
{
    private PostgresServer? server;

    public Task InitializeAsync() => Task.CompletedTask;

    internal async Task<TestStore> CreateAsync(DatabaseKind kind)
    {
        if (kind == DatabaseKind.Sqlite)
        {
            var folder = Directory.CreateTempSubdirectory("rabbitdemo-store-");
            return new TestStore((timeout, _) => StoreDatabase.Sqlite(Path.Combine(folder.FullName, "store.db"), timeout), () =>
            {
                SqliteConnection.ClearAllPools();
                folder.Delete(recursive: true);
                return Task.CompletedTask;
            });
        }

        server ??= await PostgresServer.StartAsync(CancellationToken.None);
        var connectionString = await server.CreateDatabaseAsync();
        return new TestStore(
            (timeout, port) => StoreDatabase.Postgres(
                new NpgsqlConnectionStringBuilder(connectionString) { Port = port ?? server.Port }.ConnectionString, timeout),
            () => Task.CompletedTask);
    }

    /// <summary>A network to the PostgreSQL server that can fail.</summary>
    internal BrokerProxy PostgresNetwork() => new(server?.Port ?? throw NotStarted());

    /// <summary>The server is killed, and started again on the same data at the end of <paramref name="whileDown"/>.</summary>
    internal Task RestartPostgresAsync(Func<Task> whileDown) =>
        server?.CrashAsync(whileDown, CancellationToken.None) ?? throw NotStarted();

    public async Task DisposeAsync()
    {
        if (server is not null)
            await server.DisposeAsync();
    }

    private static InvalidOperationException NotStarted() => new("No test has started the server.");
}

/// <summary>Test classes that share the databases; they run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class DatabaseCollection : ICollectionFixture<Databases>
{
    public const string Name = "databases";
}
