using System.Threading.Channels;
using RabbitDemo.Messaging;

namespace RabbitDemo.Consumer.Store;

/// <summary>Looks ids up on a connection of its own, many at a time, beside the writer and never waiting for it.</summary>
internal sealed class Lookups : IAsyncDisposable
{
    private const int Most = 500;

    private readonly Channel<Lookup> waiting = Channel.CreateUnbounded<Lookup>(new() { SingleReader = true });
    private readonly List<Lookup> lookups = new(Most);
    private readonly StoreConnection connection;
    private readonly Task loop;

    public Lookups(StoreConnection connection)
    {
        this.connection = connection;
        loop = Task.Run(FindAllAsync);
    }

    public Task<Identity?> FindAsync(string queue, string messageId, CancellationToken cancellationToken)
    {
        var lookup = new Lookup(queue, messageId);
        return waiting.Writer.TryWrite(lookup)
            ? lookup.Found.Task.WaitAsync(cancellationToken)
            : throw new InboxUnavailableException("The store is closed.");
    }

    public async ValueTask DisposeAsync()
    {
        waiting.Writer.TryComplete();
        await loop;
        await connection.DisposeAsync();
    }

    private async Task FindAllAsync()
    {
        while (await waiting.Reader.WaitToReadAsync())
        {
            lookups.Clear();
            while (lookups.Count < Most && waiting.Reader.TryRead(out var lookup))
            {
                lookups.Add(lookup);
            }

            try
            {
                var session = await connection.GetAsync(CancellationToken.None);
                var keys = lookups.ConvertAll(l => new object?[] { l.Queue, l.MessageId });
                var found = await session.FindEachAsync(Identity.FindSql, keys, Identity.Read, CancellationToken.None);
                for (var i = 0; i < found.Length; i++)
                {
                    lookups[i].Found.TrySetResult(found[i]);
                }
            }
            catch (Exception e)
            {
                await connection.ResetAsync();
                lookups.ForEach(l => l.Found.TrySetException(StoreConnection.Unavailable(e)));
            }
        }
    }

    private sealed record Lookup(string Queue, string MessageId)
    {
        public TaskCompletionSource<Identity?> Found { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
