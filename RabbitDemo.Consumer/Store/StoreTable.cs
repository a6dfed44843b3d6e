namespace RabbitDemo.Consumer.Store;

/// <summary>A table of the service's own, beside the store's. Its SQL runs at each start, and changes nothing when the table is there.</summary>
internal sealed record StoreTable(string Sql)
{
    /// <exception cref="StoreTableException">It is not the database's trouble.</exception>
    public async Task CreateAsync(StoreSession session, CancellationToken cancellationToken)
    {
        try
        {
            await session.ExecuteAsync(Sql, [], cancellationToken);
        }
        catch (Exception e) when (session.IsRefusal(e))
        {
            throw new StoreTableException($"The store refuses a table of this service: {StoreDatabase.Describe(e)} ({StoreDatabase.OneLine(Sql)})", e);
        }
    }
}

/// <summary>The SQL of a table of the service's own is wrong.</summary>
internal sealed class StoreTableException(string message, Exception innerException) : Exception(message, innerException);
