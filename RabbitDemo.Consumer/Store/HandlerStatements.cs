using System.Data.Common;
using RabbitDemo.Messaging;

namespace RabbitDemo.Consumer.Store;

/// <summary>
/// Runs what handlers have added to their events. Unlike the store's own statements none is kept prepared, for a handler may make a new
/// text for each event (PostgreSQL's driver prepares by itself the texts that it meets again), and each value goes as the type that it
/// has, null without any.
/// </summary>
internal static class HandlerStatements
{
    /// <summary>In their order, in one round trip where the provider can.</summary>
    public static async Task RunAsync(
        DbConnection connection, DbTransaction? transaction, IReadOnlyList<StoreStatement> statements, CancellationToken cancellationToken)
    {
        if (connection.CanCreateBatch)
        {
            await using var batch = connection.CreateBatch();
            batch.Transaction = transaction;
            foreach (var statement in statements)
            {
                var command = batch.CreateBatchCommand();
                command.CommandText = statement.Sql;
                AddParameters(command.Parameters, command.CreateParameter, statement.Values, isNamed: false);
                batch.BatchCommands.Add(command);
            }

            await batch.ExecuteNonQueryAsync(cancellationToken);
            return;
        }

        foreach (var statement in statements)
        {
            await using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = statement.Sql;
            AddParameters(command.Parameters, command.CreateParameter, statement.Values, isNamed: true);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static void AddParameters(DbParameterCollection parameters, Func<DbParameter> create, IReadOnlyList<object?> values, bool isNamed)
    {
        for (var i = 0; i < values.Count; i++)
        {
            var parameter = create();
            parameter.ParameterName = isNamed ? $"${i + 1}" : "";
            parameter.Value = values[i] ?? DBNull.Value;
            parameters.Add(parameter);
        }
    }
}
