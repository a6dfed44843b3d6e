using Microsoft.Data.Sqlite;

namespace RabbitDemo.Tests.Chaos;

/// <summary>A writer that keeps an SQLite file to itself: a store that is away, though its file is there.</summary>
internal static class StoreLock
{
    /// <summary>Held until what is returned is disposed of.</summary>
    public static async Task<SqliteConnection> TakeAsync(string file)
    {
        var connection = new SqliteConnection($"Data Source={file};Pooling=False;Default Timeout=30");
        await connection.OpenAsync();
        await using var begin = connection.CreateCommand();
        begin.CommandText = "BEGIN EXCLUSIVE";
        await begin.ExecuteNonQueryAsync();
        return connection;
    }
}
