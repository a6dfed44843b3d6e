using System.Collections.Concurrent;

namespace RabbitDemo.Messaging;

/// <summary>
/// What a consumer has received and no handler has begun, and the handlers that empty it, so many at a time. Each message ends
/// acknowledged, or left to the broker because the session ends.
/// </summary>
internal sealed class HandlerQueue(
    DeliveryProcessor processor, Acknowledgements acknowledgements, InFlight inFlight, int concurrency, Action<Exception> fault, CancellationToken cut)
{
    private readonly ConcurrentQueue<ReceivedMessage> received = new();
    private readonly HandlerSlots slots = new(concurrency);

    /// <summary>Begins its handler if one may run.</summary>
    public void Add(ReceivedMessage message)
    {
        received.Enqueue(message);
        if (slots.TryTake())
        {
            _ = WorkAsync();
        }
    }

    /// <summary>Leaves to the broker what no handler has begun.</summary>
    public void Clear()
    {
        while (received.TryDequeue(out var message))
        {
            inFlight.Leave(message.DeliveryTag);
        }
    }

    /// <summary>Holds one slot, until nothing is received and not begun.</summary>
    private async Task WorkAsync()
    {
        do
        {
            while (!cut.IsCancellationRequested && received.TryDequeue(out var message))
            {
                await WorkOnAsync(message);
            }

            slots.Return();
        }
        while (!cut.IsCancellationRequested && !received.IsEmpty && slots.TryTake());

        // What came in the moment of the end: nobody else will look.
        if (cut.IsCancellationRequested)
        {
            Clear();
        }
    }

    private async Task WorkOnAsync(ReceivedMessage message)
    {
        Task<Ending> ending;
        try
        {
            ending = await processor.ProcessAsync(message, cut);
        }
        catch (Exception e)
        {
            fault(e);
            inFlight.Leave(message.DeliveryTag);
            return;
        }

        _ = FinishAsync(message, ending);
    }

    private async Task FinishAsync(ReceivedMessage message, Task<Ending> ending)
    {
        try
        {
            if (await ending is { IsAcknowledged: true } end)
            {
                acknowledgements.Finish(message, end.Attempt);
                return;
            }
        }
        catch (Exception e)
        {
            fault(e);
        }

        inFlight.Leave(message.DeliveryTag);
    }
}
