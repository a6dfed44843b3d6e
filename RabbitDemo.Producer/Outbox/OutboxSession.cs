using Microsoft.Data.Sqlite;

namespace RabbitDemo.Producer.Outbox;

/// <summary>One connection to an outbox's file, with its prepared statements. One user at a time.</summary>
internal sealed class OutboxSession : IDisposable
{
    /// <summary>
    /// A commit is on disk when it returns. AUTOINCREMENT: a number is never given twice, so that what is read after a number is all
    /// that came later.
    /// </summary>
    private const string Schema = """
        PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 1000;
        CREATE TABLE IF NOT EXISTS events (
            seq INTEGER PRIMARY KEY AUTOINCREMENT, message_id TEXT NOT NULL, exchange TEXT NOT NULL, routing_key TEXT NOT NULL,
            headers TEXT NOT NULL, tipo TEXT NOT NULL, body BLOB NOT NULL, accepted_at INTEGER NOT NULL) STRICT;
        CREATE INDEX IF NOT EXISTS events_by_id ON events (message_id);
        CREATE TABLE IF NOT EXISTS parked (
            id INTEGER PRIMARY KEY AUTOINCREMENT, message_id TEXT NOT NULL, exchange TEXT NOT NULL, routing_key TEXT NOT NULL,
            headers TEXT NOT NULL, tipo TEXT NOT NULL, body BLOB NOT NULL, accepted_at INTEGER NOT NULL,
            parked_at INTEGER NOT NULL, reason TEXT NOT NULL) STRICT;
        CREATE INDEX IF NOT EXISTS parked_by_id ON parked (message_id);
        CREATE TABLE IF NOT EXISTS keys (
            message_id TEXT NOT NULL, route BLOB NOT NULL, fingerprint BLOB NOT NULL, seq INTEGER NOT NULL,
            PRIMARY KEY (message_id, route)) STRICT, WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS keys_by_seq ON keys (seq);
        CREATE TABLE IF NOT EXISTS probe (id INTEGER PRIMARY KEY, times INTEGER NOT NULL) STRICT;
        """;

    private readonly Dictionary<string, SqliteCommand> prepared = [];
    private readonly SqliteConnection connection;

    /// <exception cref="SqliteException">The file cannot be opened, or is no such file.</exception>
    public OutboxSession(string file)
    {
        connection = new(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false, DefaultTimeout = 1 }.ConnectionString);
        try
        {
            connection.Open();
            using var schema = connection.CreateCommand();
            schema.CommandText = Schema;
            schema.ExecuteNonQuery();
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public void Begin() => Execute("BEGIN IMMEDIATE");

    public void Commit() => Execute("COMMIT");

    /// <summary>Runs a statement whose parameters are <c>$1</c>, <c>$2</c>…; the number of rows changed.</summary>
    public int Execute(string sql, params ReadOnlySpan<object> values) => Prepare(sql, values).ExecuteNonQuery();

    public long Number(string sql, params ReadOnlySpan<object> values) => Prepare(sql, values).ExecuteScalar() as long? ?? 0;

    public SqliteDataReader Query(string sql, params ReadOnlySpan<object> values) => Prepare(sql, values).ExecuteReader();

    /// <summary>Rolls back whatever is open.</summary>
    public void Dispose()
    {
        foreach (var command in prepared.Values)
        {
            command.Dispose();
        }

        connection.Dispose();
    }

    private SqliteCommand Prepare(string sql, ReadOnlySpan<object> values)
    {
        if (!prepared.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
            prepared[sql] = command;
        }

        for (var i = 0; i < values.Length; i++)
        {
            if (command.Parameters.Count == i)
            {
                command.Parameters.Add(new SqliteParameter { ParameterName = $"${i + 1}" });
            }

            command.Parameters[i].Value = values[i];
        }

        return command;
    }
}
