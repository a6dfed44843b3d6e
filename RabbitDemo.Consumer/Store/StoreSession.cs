using System.Data;
using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Npgsql;
using RabbitDemo.Messaging;

namespace RabbitDemo.Consumer.Store;

/// <summary>One connection with its prepared statements. One user at a time.</summary>
internal sealed class StoreSession(DbConnection connection, DbDataSource source) : IAsyncDisposable
{
    private readonly StoreCommands commands = new(connection);
    private DbTransaction? transaction;

    /// <summary>
    /// An expression for the statement of a transaction that takes its lock: PostgreSQL ends the transaction, and frees the lock, once
    /// nothing has been heard of its client in it for three command time-outs. A host that vanished is else waited for, for hours.
    /// </summary>
    /// <remarks>
    /// For this transaction alone: poolers refuse it as a startup option, and what is set after connecting is reset with the connection,
    /// or stays on another client's. With that statement, it costs no round trip.
    /// </remarks>
    public string EndWhenSilent { get; } = connection is NpgsqlConnection postgres
        ? string.Create(CultureInfo.InvariantCulture, $"set_config('idle_in_transaction_session_timeout', '{3 * postgres.CommandTimeout}s', true)")
        : "NULL";

    /// <summary>SQLite takes its write lock here; PostgreSQL takes none yet.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken) =>
        transaction = await connection.BeginTransactionAsync(cancellationToken);

    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        if (transaction is { } open)
        {
            await open.CommitAsync(cancellationToken);
            await open.DisposeAsync();
            transaction = null;
        }
    }

    public async Task RollbackAsync(CancellationToken cancellationToken)
    {
        if (transaction is { } open)
        {
            transaction = null;
            await using (open)
            {
                await open.RollbackAsync(cancellationToken);
            }
        }
    }

    /// <summary>Runs a statement whose parameters are <c>$1</c>, <c>$2</c>…</summary>
    /// <returns>The number of rows changed.</returns>
    public Task<int> ExecuteAsync(string sql, object?[] values, CancellationToken cancellationToken) =>
        commands.Prepare(sql, values, transaction).ExecuteNonQueryAsync(cancellationToken);

    public Task<DbDataReader> QueryAsync(string sql, object?[] values, CancellationToken cancellationToken) =>
        commands.Prepare(sql, values, transaction).ExecuteReaderAsync(cancellationToken);

    /// <summary>One statement for many rows, in one round trip where the provider can.</summary>
    /// <returns>The number of rows changed by each.</returns>
    public async Task<int[]> ExecuteEachAsync(string sql, IReadOnlyList<object?[]> rows, CancellationToken cancellationToken)
    {
        var changed = new int[rows.Count];
        if (!connection.CanCreateBatch)
        {
            for (var i = 0; i < rows.Count; i++)
            {
                changed[i] = await ExecuteAsync(sql, rows[i], cancellationToken);
            }

            return changed;
        }

        await using var batch = commands.Batch(sql, rows, transaction);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        for (var i = 0; i < rows.Count; i++)
        {
            changed[i] = batch.BatchCommands[i].RecordsAffected;
        }

        return changed;
    }

    /// <summary>One query for many keys, in one round trip where the provider can; each answers with at most one row.</summary>
    public async Task<T?[]> FindEachAsync<T>(
        string sql, IReadOnlyList<object?[]> rows, Func<DbDataReader, T> read, CancellationToken cancellationToken) where T : class
    {
        var found = new T?[rows.Count];
        if (!connection.CanCreateBatch)
        {
            for (var i = 0; i < rows.Count; i++)
            {
                await using var one = await QueryAsync(sql, rows[i], cancellationToken);
                found[i] = await one.ReadAsync(cancellationToken) ? read(one) : null;
            }

            return found;
        }

        await using var batch = commands.Batch(sql, rows, transaction);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        for (var i = 0; i < rows.Count; i++)
        {
            found[i] = await reader.ReadAsync(cancellationToken) ? read(reader) : null;
            await reader.NextResultAsync(cancellationToken);
        }

        return found;
    }

    /// <summary>Runs a handler's statements, in their order, in one round trip where the provider can.</summary>
    /// <exception cref="StatementRefusedException">One of them is at fault.</exception>
    public async Task RunAsync(IReadOnlyList<StoreStatement> statements, CancellationToken cancellationToken)
    {
        try
        {
            await HandlerStatements.RunAsync(connection, transaction, statements, cancellationToken);
        }
        catch (Exception e) when (IsRefusal(e))
        {
            throw new StatementRefusedException(StoreDatabase.Describe(e), e);
        }
    }

    /// <summary>A statement of the service's own is at fault. Of a connection that was lost before, a provider says that it is not open.</summary>
    public bool IsRefusal(Exception e) =>
        StoreDatabase.RefusesTheStatement(e) && (e is not InvalidOperationException || connection.State == ConnectionState.Open);

    /// <summary>
    /// Ends it after trouble, so that nobody gets the same connection again. PostgreSQL's driver may believe that it has prepared
    /// statements on it which were refused or rolled back, and then one that is sound fails with 26000.
    /// </summary>
    public async ValueTask DiscardAsync()
    {
        if (connection is SqliteConnection sqlite)
        {
            SqliteConnection.ClearPool(sqlite);
        }
        else if (source is NpgsqlDataSource pool)
        {
            pool.Clear();
        }

        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await commands.DisposeAsync();
        await connection.DisposeAsync();
    }
}
