using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace RabbitDemo.Messaging;

/// <summary>
/// What a channel has taken and not begun to write, in order. Anybody adds, one loop takes, and a timer ends what waits past its
/// deadline, though the loop may be in the middle of a write that lasts.
/// </summary>
/// <param name="pace">Holds back what may not be written yet; null when nothing is held back.</param>
internal sealed class PublishQueue(RequestPace? pace = null)
{
    private readonly Channel<PendingPublish> arriving = Channel.CreateUnbounded<PendingPublish>(new() { SingleReader = true });
    private readonly Queue<PendingPublish> seen = [];
    private readonly Lock reading = new();

    /// <summary>False when it takes no more.</summary>
    public bool TryAdd(PendingPublish publish)
    {
        pace?.Adding(); // before the loop can take it
        if (arriving.Writer.TryWrite(publish))
        {
            return true;
        }

        pace?.Taken();
        return false;
    }

    /// <summary>Takes no more.</summary>
    public void Complete() => arriving.Writer.TryComplete();

    /// <summary>Completes when there may be something to take; with false, when there never will be again.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) =>
        pace is null or { IsOpen: true } ? WaitForOneAsync(cancellationToken) : WaitForTurnAsync(pace, cancellationToken);

    public bool TryTake([NotNullWhen(true)] out PendingPublish? publish)
    {
        lock (reading)
        {
            publish = null;
            return pace is not { IsOpen: false } && TryTakeNext(out publish);
        }
    }

    /// <summary>Refuses what is past its deadline; the rest keeps its order.</summary>
    public void Expire(long now)
    {
        lock (reading)
        {
            while (arriving.Reader.TryRead(out var arrived))
            {
                seen.Enqueue(arrived);
            }

            for (var left = seen.Count; left > 0; left--)
            {
                var publish = seen.Dequeue();
                if (publish.Deadline > now)
                {
                    seen.Enqueue(publish);
                }
                else
                {
                    publish.Expire();
                    pace?.Taken();
                }
            }
        }
    }

    private ValueTask<bool> WaitForOneAsync(CancellationToken cancellationToken)
    {
        lock (reading)
        {
            return seen.Count > 0 ? new(true) : arriving.Reader.WaitToReadAsync(cancellationToken);
        }
    }

    private async ValueTask<bool> WaitForTurnAsync(RequestPace turns, CancellationToken cancellationToken)
    {
        await turns.OpenAsync().WaitAsync(cancellationToken);
        return await WaitForOneAsync(cancellationToken);
    }

    private bool TryTakeNext([NotNullWhen(true)] out PendingPublish? publish)
    {
        if (!seen.TryDequeue(out publish) && !arriving.Reader.TryRead(out publish))
        {
            return false;
        }

        pace?.Taken();
        return true;
    }
}
