using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace RabbitDemo.Producer.Outbox;

/// <summary>
/// The one writer of an outbox's file, one transaction after another: whatever waits when the last commit ends goes together into
/// the next, in the order in which it was handed over. A caller's task completes after the commit that holds its write.
/// </summary>
/// <remarks>When the file cannot be used, all that waits fails, and the next write tries again with a new connection.</remarks>
internal sealed partial class OutboxWriter : IAsyncDisposable
{
    private const int LargestTransaction = 1_000;

    private readonly Channel<Write> waiting = Channel.CreateUnbounded<Write>(new() { SingleReader = true });
    private readonly List<Write> writes = new(LargestTransaction);
    private readonly string file;
    private readonly long keepKeys;
    private readonly Action<OutboxTables> onCommit;
    private readonly ILogger logger;
    private readonly Task loop;
    private OutboxSession? session;
    private OutboxTables tables;
    private long forgottenAt;

    /// <param name="file">The outbox's.</param>
    /// <param name="keepKeys">Keys of this many events are remembered.</param>
    /// <param name="onCommit">Told of the file's state after each commit, before the callers are.</param>
    /// <param name="logger">Told when the file cannot be written.</param>
    /// <exception cref="SqliteException">The file cannot be opened.</exception>
    public OutboxWriter(string file, long keepKeys, Action<OutboxTables> onCommit, ILogger logger)
    {
        this.file = file;
        this.keepKeys = keepKeys;
        this.onCommit = onCommit;
        this.logger = logger;
        session = new(file);
        tables = new(session);
        onCommit(tables);
        loop = Task.Run(CommitAllAsync);
    }

    /// <summary>Why the last write failed; null when it did not.</summary>
    public string? Trouble { get; private set; }

    /// <exception cref="OutboxUnavailableException">It may not be on disk.</exception>
    public Task<T> WriteAsync<T>(Func<OutboxTables, T> apply) where T : struct
    {
        var write = new Write<T>(apply);
        if (!waiting.Writer.TryWrite(write))
        {
            throw new OutboxUnavailableException("the outbox is closed", new ObjectDisposedException(nameof(OutboxWriter)));
        }

        return write.Done;
    }

    /// <summary>Commits what waits, then closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        waiting.Writer.TryComplete();
        await loop;
        session?.Dispose();
    }

    private async Task CommitAllAsync()
    {
        while (await waiting.Reader.WaitToReadAsync())
        {
            writes.Clear();
            while (writes.Count < LargestTransaction && waiting.Reader.TryRead(out var write))
            {
                writes.Add(write);
            }

            Commit();
        }
    }

    private void Commit()
    {
        try
        {
            if (session is null)
            {
                session = new(file);
                tables = new(session);
            }

            session.Begin();
            foreach (var write in writes)
            {
                write.Apply(tables);
            }

            if (tables.Newest - forgottenAt >= LargestTransaction)
            {
                tables.Forget(keepKeys);
                forgottenAt = tables.Newest;
            }

            session.Commit();
        }
        catch (Exception e)
        {
            session?.Dispose();
            session = null;
            Fail(e);
            return;
        }

        if (Trouble is not null)
        {
            Trouble = null;
            LogWorksAgain(file);
        }

        onCommit(tables);
        foreach (var write in writes)
        {
            write.Committed();
        }
    }

    private void Fail(Exception e)
    {
        var wasFine = Trouble is null;
        Trouble = e.Message.ReplaceLineEndings(" ").TrimEnd('.');
        if (wasFine)
        {
            LogUnavailable(file, Trouble);
        }

        var reason = new OutboxUnavailableException(Trouble, e);
        foreach (var write in writes)
        {
            write.Failed(reason);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The outbox {File} cannot be written: {Reason}. No event is accepted until it can")]
    private partial void LogUnavailable(string file, string reason);

    [LoggerMessage(LogLevel.Information, "The outbox {File} can be written again")]
    private partial void LogWorksAgain(string file);

    private abstract class Write
    {
        public abstract void Apply(OutboxTables tables);

        public abstract void Committed();

        public abstract void Failed(Exception reason);
    }

    private sealed class Write<T>(Func<OutboxTables, T> apply) : Write where T : struct
    {
        private readonly TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T result;

        public Task<T> Done => done.Task;

        public override void Apply(OutboxTables tables) => result = apply(tables);

        public override void Committed() => done.TrySetResult(result);

        public override void Failed(Exception reason) => done.TrySetException(reason);
    }
}
