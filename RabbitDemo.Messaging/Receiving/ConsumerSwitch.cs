using RabbitMQ.Client;

namespace RabbitDemo.Messaging;

/// <summary>
/// Begins, ends and renews one queue's consumer on its channel, which is how a prefetch is changed: the broker takes the channel's
/// limit for a consumer when that begins, and counts for it only what it has given that one. Deliveries of an ended consumer stay
/// valid, for they belong to the channel.
/// </summary>
internal sealed class ConsumerSwitch(
    IChannel channel, string queue, IAsyncBasicConsumer consumer, SubscriptionSettings settings, InFlight inFlight, CancellationToken stopped)
    : IAsyncDisposable
{
    /// <summary>
    /// How long a delivery of a quorum queue may be held: RabbitMQ from 4.3 on cancels a consumer that holds one for half an hour, as if
    /// the queue had been deleted. A handler has its own time limit here, and what the store cannot take waits. Of a classic queue,
    /// which has no such limit there, RabbitMQ 4.3 refuses the argument.
    /// </summary>
    private static readonly Dictionary<string, object?> HoldsForLong = new() { ["x-consumer-timeout"] = (long)TimeSpan.FromDays(20).TotalMilliseconds };

    private readonly SemaphoreSlim changing = new(1, 1);
    private volatile int prefetch = settings.Prefetch;
    private volatile bool isPaused;
    private int inUse = settings.Prefetch;
    private string? tag;
    private bool isOver;
    private Task resuming = Task.CompletedTask;

    public int Prefetch => prefetch;

    /// <summary>There is no consumer at the broker, and one will begin.</summary>
    public bool IsPaused => isPaused;

    public Task StartAsync(CancellationToken cancellationToken) => BeginAsync(cancellationToken);

    /// <summary>Returns when the broker heeds the new limit; what is held does not count against a higher one.</summary>
    /// <param name="wanted">The new limit.</param>
    /// <param name="resumed">Called before a consumer begins again.</param>
    /// <param name="fault">Told of a failure, also after this has returned.</param>
    /// <param name="cancellationToken">Gives up waiting for another change; one that has begun is brought to its end.</param>
    public async Task ChangeAsync(int wanted, Action resumed, Action<Exception> fault, CancellationToken cancellationToken)
    {
        await changing.WaitAsync(cancellationToken);
        try
        {
            if (isOver || wanted == prefetch)
            {
                return;
            }

            prefetch = wanted;
            isPaused = true;
            await EndAsync(stopped);
            if (wanted >= inUse)
            {
                resumed();
                await BeginAsync(stopped);
            }
            else if (resuming.IsCompleted)
            {
                resuming = ResumeAsync(resumed, fault);
            }
        }
        catch (Exception e) when (BrokerErrors.IsBrokerFailure(e))
        {
            fault(e);
        }
        finally
        {
            changing.Release();
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await changing.WaitAsync(cancellationToken);
        try
        {
            isOver = true;
            await EndAsync(cancellationToken);
        }
        finally
        {
            changing.Release();
        }
    }

    /// <summary>The session is over, and nothing is held any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await changing.WaitAsync(CancellationToken.None);
        isOver = true;
        changing.Release();
        await resuming;
        changing.Dispose();
    }

    /// <summary>With a lower limit: when as many are held as handlers can be busy with, or fewer.</summary>
    private async Task ResumeAsync(Action resumed, Action<Exception> fault)
    {
        try
        {
            while (true)
            {
                await inFlight.WhenBelow(Math.Min(settings.Concurrency, prefetch));
                await changing.WaitAsync(CancellationToken.None);
                try
                {
                    if (isOver || !isPaused || stopped.IsCancellationRequested)
                    {
                        return;
                    }

                    if (inFlight.Count < Math.Min(settings.Concurrency, prefetch))
                    {
                        resumed();
                        await BeginAsync(stopped);
                        return;
                    }
                }
                finally
                {
                    changing.Release();
                }
            }
        }
        catch (Exception e)
        {
            fault(e);
        }
    }

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        inUse = prefetch;
        await channel.BasicQosAsync(0, (ushort)inUse, global: false, cancellationToken);
        tag = await channel.BasicConsumeAsync(
            queue, autoAck: false, consumerTag: "", noLocal: false, exclusive: false, settings.IsQuorum ? HoldsForLong : null, consumer, cancellationToken);
        isPaused = false;
    }

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        if (tag is { } running)
        {
            tag = null;
            await channel.BasicCancelAsync(running, noWait: false, cancellationToken).WaitAsync(cancellationToken); // the client does not heed the token
        }
    }
}
