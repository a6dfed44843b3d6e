using System.Data;
using System.Data.Common;

namespace RabbitDemo.Consumer.Store;

/// <summary>The commands of one connection: statements stay prepared, and take parameters in the way of both databases.</summary>
internal sealed class StoreCommands(DbConnection connection) : IAsyncDisposable
{
    private readonly Dictionary<string, DbCommand> prepared = [];

    /// <summary>The statement's command, with these values.</summary>
    public DbCommand Prepare(string sql, object?[] values, DbTransaction? transaction)
    {
        if (!prepared.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
            AddParameters(command.Parameters, command.CreateParameter, values);
            prepared.Add(sql, command);
        }

        command.Transaction = transaction;
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }

        return command;
    }

    /// <summary>One statement for many rows. Only where the connection can.</summary>
    public DbBatch Batch(string sql, IReadOnlyList<object?[]> rows, DbTransaction? transaction)
    {
        var batch = connection.CreateBatch();
        batch.Transaction = transaction;
        foreach (var values in rows)
        {
            var command = batch.CreateBatchCommand();
            command.CommandText = sql;
            AddParameters(command.Parameters, command.CreateParameter, values);
            batch.BatchCommands.Add(command);
        }

        return batch;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var command in prepared.Values)
        {
            await command.DisposeAsync();
        }
    }

    /// <summary>
    /// SQLite binds by the name <c>$1</c>; PostgreSQL reads the same text as a position when the parameter has no name. Null is
    /// always text, from which a statement casts what is otherwise, so that it keeps its parameter types.
    /// </summary>
    private void AddParameters(DbParameterCollection parameters, Func<DbParameter> create, object?[] values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            var parameter = create();
            parameter.ParameterName = connection.CanCreateBatch ? "" : $"${i + 1}";
            if (values[i] is null or string)
            {
                parameter.DbType = DbType.String;
            }

            parameter.Value = values[i] ?? DBNull.Value;
            parameters.Add(parameter);
        }
    }
}
