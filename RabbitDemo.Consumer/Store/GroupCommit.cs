using System.Threading.Channels;
using RabbitDemo.Messaging;

namespace RabbitDemo.Consumer.Store;

/// <summary>
/// Writes to the store, one transaction after another: whatever waits when the last commit ends goes together into the next, so
/// that one flush of the disk serves many. A caller's task completes after the commit that holds its write.
/// </summary>
/// <remarks>
/// A write that the database refuses for its own values, or for what a handler has added to its event, fails alone. When the database itself cannot be used, all that waits fails
/// with <see cref="InboxUnavailableException"/>, and the next write tries again with a new connection.
/// </remarks>
internal sealed partial class GroupCommit : IAsyncDisposable
{
    private const int LargestTransaction = 1000;

    private readonly Channel<StoreWrite> waiting = Channel.CreateUnbounded<StoreWrite>(new() { SingleReader = true });
    private readonly List<StoreWrite> writes = new(LargestTransaction);
    private readonly List<EventWrite> events = new(LargestTransaction);
    private readonly StoreConnection connection;
    private readonly ILogger<GroupCommit> logger;
    private readonly Task loop;
    private bool failing;

    public GroupCommit(StoreConnection connection, ILogger<GroupCommit> logger)
    {
        this.connection = connection;
        this.logger = logger;
        loop = Task.Run(CommitAllAsync);
    }

    /// <summary>Runs <paramref name="apply"/> in a transaction, perhaps with others; again from the start if it must be repeated.</summary>
    public Task<T> WriteAsync<T>(Func<StoreTransaction, Task<T>> apply, CancellationToken cancellationToken) where T : struct
    {
        var write = new StoreWrite<T>(apply, cancellationToken);
        Add(write);
        return write.Done.WaitAsync(cancellationToken);
    }

    public Task<StoreOutcome> StoreAsync(Delivery delivery, DateTimeOffset processedAt, CancellationToken cancellationToken)
    {
        var write = new EventWrite(delivery, processedAt, cancellationToken);
        Add(write);
        return write.Done.WaitAsync(cancellationToken);
    }

    /// <summary>Commits what waits, then closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        waiting.Writer.TryComplete();
        await loop;
        await connection.DisposeAsync();
    }

    private void Add(StoreWrite write)
    {
        if (!waiting.Writer.TryWrite(write))
        {
            throw new InboxUnavailableException("The store is closed.");
        }
    }

    private async Task CommitAllAsync()
    {
        while (await waiting.Reader.WaitToReadAsync())
        {
            writes.Clear();
            while (writes.Count < LargestTransaction && waiting.Reader.TryRead(out var write))
            {
                if (!write.IsAbandoned)
                {
                    writes.Add(write);
                }
            }

            await CommitAsync(writes);
        }
    }

    private async Task CommitAsync(IReadOnlyList<StoreWrite> together)
    {
        try
        {
            await RunAsync(together);
        }
        catch (Exception e) when (e is StatementRefusedException || StoreDatabase.RefusesTheValues(e))
        {
            await connection.ResetAsync();
            await OneByOneAsync(together, e);
            return;
        }
        catch (Exception e)
        {
            await connection.ResetAsync();
            FailAll(together, e);
            return;
        }

        if (failing)
        {
            failing = false;
            LogWorksAgain(connection.Description);
        }

        CommitVerdict.Tell(together, failure: null);
    }

    private async Task RunAsync(IReadOnlyList<StoreWrite> together)
    {
        var session = await connection.GetAsync(CancellationToken.None);
        events.Clear();
        events.AddRange(together.OfType<EventWrite>());
        var transaction = new StoreTransaction(session, CancellationToken.None);
        await transaction.BeginAsync(events.Count);
        if (events.Count > 0)
        {
            await EventWrite.ApplyAllAsync(events, transaction);
        }

        foreach (var write in together)
        {
            if (write is not EventWrite)
            {
                await write.ApplyAsync(transaction);
            }
        }

        try
        {
            await transaction.CommitAsync();
        }
        catch (Exception e) when (events.Exists(static write => write.HasStatements) && session.IsRefusal(e))
        {
            // The store's own tables have nothing that is only checked here.
            throw new StatementRefusedException(StoreDatabase.Describe(e), e);
        }
    }

    /// <summary>One of them is at fault: each gets a transaction of its own, so that the others do not suffer.</summary>
    private async Task OneByOneAsync(IReadOnlyList<StoreWrite> together, Exception reason)
    {
        if (together is [var only])
        {
            CommitVerdict.Tell([only], reason);
            return;
        }

        foreach (var write in together.ToArray())
        {
            await CommitAsync([write]);
        }
    }

    private void FailAll(IReadOnlyList<StoreWrite> together, Exception reason)
    {
        var unavailable = StoreConnection.Unavailable(reason);
        if (!failing)
        {
            failing = true;
            LogUnavailable(connection.Description, unavailable.Message);
        }

        CommitVerdict.Tell(together, unavailable);
    }

    [LoggerMessage(LogLevel.Warning, "The store {Store} cannot be written: {Reason} Nothing is lost: deliveries wait until it can")]
    private partial void LogUnavailable(string store, string reason);

    [LoggerMessage(LogLevel.Information, "The store {Store} can be written again")]
    private partial void LogWorksAgain(string store);
}
