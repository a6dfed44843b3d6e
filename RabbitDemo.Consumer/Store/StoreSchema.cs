using System.Globalization;

namespace RabbitDemo.Consumer.Store;

/// <summary>
/// Brings the schema to this program's version, in one transaction: when several replicas start at once, one does it and the others
/// wait for it. A version, once released, never changes: a change is a new numbered file for each database. The service's own tables
/// are created in the same transaction.
/// </summary>
internal static class StoreSchema
{
    private const int Version = 3;

    /// <exception cref="StoreTooNewException">A newer program has migrated this database.</exception>
    /// <exception cref="StoreTableException">The database refuses a table of the service's own.</exception>
    public static async Task MigrateAsync(StoreSession session, bool postgres, IEnumerable<StoreTable> tables, CancellationToken cancellationToken)
    {
        await session.BeginAsync(cancellationToken);
        if (postgres)
        {
            // Creating a table "if not exists" is not safe against itself there. SQLite holds its write lock already.
            await session.ExecuteAsync($"SELECT pg_advisory_xact_lock(5672008001), {session.EndWhenSilent}", [], cancellationToken);
        }

        await session.ExecuteAsync("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY)", [], cancellationToken);
        var found = await VersionAsync(session, cancellationToken);
        if (found > Version)
        {
            await session.RollbackAsync(cancellationToken);
            throw new StoreTooNewException($"The store has schema version {found}, this program knows {Version}: start a newer program, or give it another store.");
        }

        for (var next = found + 1; next <= Version; next++)
        {
            await session.ExecuteAsync(Script(postgres ? "postgres" : "sqlite", next), [], cancellationToken);
            await session.ExecuteAsync("INSERT INTO schema_version (version) VALUES ($1)", [next], cancellationToken);
        }

        foreach (var table in tables)
        {
            await table.CreateAsync(session, cancellationToken);
        }

        await session.CommitAsync(cancellationToken);
    }

    private static async Task<int> VersionAsync(StoreSession session, CancellationToken cancellationToken)
    {
        await using var reader = await session.QueryAsync("SELECT COALESCE(MAX(version), 0) FROM schema_version", [], cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return reader.GetInt32(0);
    }

    private static string Script(string database, int version)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{database}.{version:000}.sql");
        using var stream = typeof(StoreSchema).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The schema script {name} is not in the program.");
        using var text = new StreamReader(stream);
        return text.ReadToEnd();
    }
}

/// <summary>The database belongs to a newer version of this program.</summary>
internal sealed class StoreTooNewException(string message) : Exception(message);
