using RabbitDemo.Consumer.Store;
using RabbitDemo.Messaging;

namespace RabbitDemo.Tests.Store;

/// <summary>A table of a service's own, and deliveries whose handler has added a line to it.</summary>
internal static class Notes
{
    public const string Table = "CREATE TABLE IF NOT EXISTS notes (message_id TEXT NOT NULL, amount BIGINT CHECK (amount > 0))";
    public const string NoteSql = "INSERT INTO notes (message_id, amount) VALUES ($1, $2)";

    public static Delivery Noting(string messageId, int amount, long number = 1)
    {
        var delivery = Deliveries.Of(messageId, number: number);
        delivery.AddStatement(NoteSql, messageId, amount);
        return delivery;
    }

    public static Task<List<string>> NotesAsync(MessageStore store) =>
        LinesAsync(store, "SELECT message_id, amount FROM notes ORDER BY message_id");

    public static Task<List<string>> LinesAsync(MessageStore store, string sql) => store.ReadAsync(async session =>
    {
        await using var reader = await session.QueryAsync(sql, [], CancellationToken.None);
        var lines = new List<string>();
        while (await reader.ReadAsync())
            lines.Add($"{reader.GetString(0)} {reader.GetInt64(1)}");

        return lines;
    }, CancellationToken.None);
}
