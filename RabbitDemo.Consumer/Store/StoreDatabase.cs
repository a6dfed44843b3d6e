using System.Data.Common;
using System.Net.Sockets;
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
    /// <exception cref="NotSupportedException">It asks for what the driver does not do together.</exception>
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

        var session = new StoreSession(await source.OpenConnectionAsync(cancellationToken), source);
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

    /// <summary>
    /// True when a statement of the service's own is at fault, its text or its values, and not the database. More than of the store's own
    /// statements can be wrong with one; of PostgreSQL only what would be the same for any other statement is the database's trouble.
    /// </summary>
    public static bool RefusesTheStatement(Exception e) => e switch
    {
        SqliteException { SqliteErrorCode: 1 or 25 } => true, // syntax, a missing table or column; a parameter out of range
        SqliteException => RefusesTheValues(e),
        PostgresException { SqlState: "08P01" } => true, // a parameter without a value
        PostgresException { SqlState: "25006" or "25P02" or "25P03" or "55006" or "55P03" } => false, // read-only, aborted, in use, locked
        PostgresException { SqlState: ['0' or '2', '8', ..] or ['4', '0', ..] or ['5', '3' or '7' or '8', ..] or ['F', '0', ..] or ['X', 'X', ..] } => false,
        PostgresException => true,
        DbException or IOException or SocketException or TimeoutException or OperationCanceledException or ObjectDisposedException => false,
        _ => true // the driver's: a value of a type that it does not know, a text that is none
    };

    /// <summary>What it says, in one line. Neither provider names a password in its messages.</summary>
    public static string Describe(Exception e) => OneLine(e.Message);

    public static string OneLine(string text) =>
        string.Join(' ', text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    public ValueTask DisposeAsync() => source.DisposeAsync();
}
