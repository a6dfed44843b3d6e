using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace RabbitDemo.Consumer.Store;

/// <summary>The database behind the store: a SQLite file or a PostgreSQL database, and the little that differs between the two.</summary>
internal sealed class StoreDatabase(DbDataSource source, string? pragmas) : IAsyncDisposable
{
    public bool IsPostgres => pragmas is null;

    /// <summary>The file, or the server and database; never a password.</summary>
    public required string Description { get; init; }

    /// <summary>A file that every connection opens in WAL mode; a commit is on disk when it returns.</summary>
    public static StoreDatabase Sqlite(string path, TimeSpan timeout)
    {
        var full = Path.GetFullPath(path);
        var connection = new SqliteConnectionStringBuilder
        {
            DataSource = full,
            DefaultTimeout = (int)Math.Ceiling(timeout.TotalSeconds)
        };
        return new StoreDatabase(
            SqliteFactory.Instance.CreateDataSource(connection.ConnectionString),
            $"PRAGMA busy_timeout = {(long)timeout.TotalMilliseconds}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16000;")
        {
            Description = full
        };
    }

    /// <exception cref="ArgumentException">It is not a PostgreSQL connection string.</exception>
    public static StoreDatabase Postgres(string connectionString, TimeSpan timeout)
    {
        var seconds = (int)Math.Ceiling(timeout.TotalSeconds);
        var connection = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Timeout = seconds,
            CommandTimeout = seconds,
            CancellationTimeout = 1000,
            MaxAutoPrepare = 64,
            AutoPrepareMinUsages = 2
        };
        ArgumentException.ThrowIfNullOrEmpty(connection.Host);
        return new StoreDatabase(NpgsqlDataSource.Create(connection), pragmas: null)
        {
            Description = $"{connection.Host}:{connection.Port}/{connection.Database}"
        };
    }

    public async ValueTask<StoreSession> OpenAsync(CancellationToken cancellationToken)
    {
        if (!IsPostgres && Path.GetDirectoryName(Description) is { } folder)
        {
            Directory.CreateDirectory(folder);
        }

        var session = new StoreSession(await source.OpenConnectionAsync(cancellationToken));
        try
        {
            if (pragmas is not null)
            {
                await session.ExecuteAsync(pragmas, [], cancellationToken);
            }

            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// True when the database refuses this very statement for its own values, and works for others. Everything else (locked past
    /// the time-out, disk full, read-only, connection lost) is trouble of the database's own.
    /// </summary>
    public static bool RefusesTheValues(Exception e) => e switch
    {
        SqliteException { SqliteErrorCode: 18 or 19 or 20 } => true, // too big, constraint, mismatch
        PostgresException { SqlState: ['2', '2' or '3', ..] or ['5', '4', ..] } => true, // data, integrity, limits
        _ => false
    };

    public ValueTask DisposeAsync() => source.DisposeAsync();
}
