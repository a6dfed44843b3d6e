using System.Data.Common;
using RabbitDemo.Messaging;

namespace RabbitDemo.Consumer.Store;

/// <summary>A connection that is kept open, replaced after trouble, and finds the schema and the service's own tables in place. One user at a time.</summary>
internal sealed class StoreConnection(StoreDatabase database, IEnumerable<StoreTable> tables) : IAsyncDisposable
{
    private StoreSession? session;
    private bool migrated;

    public string Description => database.Description;

    public async ValueTask<StoreSession> GetAsync(CancellationToken cancellationToken)
    {
        if (session is not null)
        {
            return session;
        }

        var opened = await database.OpenAsync(cancellationToken);
        try
        {
            if (!migrated)
            {
                await StoreSchema.MigrateAsync(opened, database.IsPostgres, tables, cancellationToken);
                migrated = true;
            }
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }

        return session = opened;
    }

    /// <summary>Closes it, which rolls back whatever is open. Does not throw: the next use has another connection.</summary>
    public async ValueTask ResetAsync()
    {
        if (session is { } open)
        {
            session = null;
            try
            {
                await open.DiscardAsync();
            }
            catch (Exception e) when (e is DbException or IOException or InvalidOperationException or TimeoutException)
            {
                // It was in trouble, and cannot even be closed: the provider gives up its handle.
            }
        }
    }

    /// <summary>The database's trouble in one line. Neither provider names a password in its messages.</summary>
    public static InboxUnavailableException Unavailable(Exception reason) => reason as InboxUnavailableException
        ?? new(StoreDatabase.Describe(reason), reason);

    public ValueTask DisposeAsync() => ResetAsync();
}
