using System.Diagnostics;

namespace RabbitDemo.Messaging;

/// <summary>
/// Acknowledges finished deliveries of one channel behind the handlers: one <c>multiple</c> for the finished prefix, and one each for
/// those beyond a delivery that is still being worked on. Under load one command stands for many; at rest each has its own at once.
/// </summary>
/// <param name="acknowledge">Sends a <c>basic.ack</c>: the tag, and whether all before it are meant too.</param>
/// <param name="queue">Whose deliveries they are.</param>
/// <param name="prefetch">How many the broker gives out without an acknowledgement.</param>
/// <param name="spans">Of the acknowledgements.</param>
/// <param name="inFlight">What is left when it is acknowledged.</param>
/// <param name="clock">Of what is measured.</param>
/// <param name="fault">Told why nothing can be acknowledged any more.</param>
internal sealed class Acknowledgements(
    Func<ulong, bool, ValueTask> acknowledge, string queue, int prefetch, DeliverySpans spans, InFlight inFlight, TimeProvider clock,
    Action<Exception> fault) : IThreadPoolWorkItem
{
    private readonly Lock gate = new();
    private readonly AckTable table = new();
    private readonly List<Finished> batch = [];

    /// <summary>So many are acknowledged by whoever finishes the last of them: the broker must not wait for a full prefetch's.</summary>
    private volatile int most = Math.Max(1, prefetch / 4);
    private int waiting;
    private State state;
    private int unsettled;
    private int readingThread;

    private enum State
    {
        Idle,
        Scheduled,
        Running
    }

    /// <summary>From now on the broker waits for the acknowledgements of another prefetch.</summary>
    public void Resize(int prefetch) => most = Math.Max(1, prefetch / 4);

    /// <summary>What this thread finishes until it calls <see cref="EndRead"/> is acknowledged then, together.</summary>
    public void BeginRead() => readingThread = Environment.CurrentManagedThreadId;

    public void EndRead()
    {
        lock (gate)
        {
            readingThread = 0;
            if (state != State.Idle || waiting == 0)
            {
                return;
            }

            state = State.Running;
        }

        _ = RunAsync();
    }

    /// <summary>The delivery is done; returns at once.</summary>
    public void Finish(ReceivedMessage message, Activity? attempt)
    {
        bool runs, schedules;
        lock (gate)
        {
            table.Finish(new(message, attempt));
            waiting++;
            runs = state != State.Running && waiting >= most;
            schedules = state == State.Idle && !runs && readingThread != Environment.CurrentManagedThreadId;
            state = runs ? State.Running : schedules ? State.Scheduled : state;
        }

        if (runs)
        {
            _ = RunAsync();
        }
        else if (schedules)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        lock (gate)
        {
            if (state != State.Scheduled)
            {
                return;
            }

            state = State.Running;
        }

        _ = RunAsync();
    }

    private async Task RunAsync()
    {
        try
        {
            while (Take() is { Count: > 0, Prefix: var prefix })
            {
                if (prefix > 0)
                {
                    await AcknowledgeAsync(batch[prefix - 1].Message.DeliveryTag, multiple: prefix > 1, batch[..prefix]);
                }

                foreach (var one in batch[prefix..])
                {
                    await AcknowledgeAsync(one.Message.DeliveryTag, multiple: false, [one]);
                }
            }
        }
        catch (Exception e)
        {
            // The session is over, or will be: nothing of it can be acknowledged any more.
            fault(e);
            do
            {
                for (; unsettled > 0; unsettled--)
                {
                    inFlight.Leave(batch[^unsettled].Message.DeliveryTag);
                }
            }
            while (Take().Count > 0);
        }
    }

    /// <summary>Fills the batch with all that is finished; with none of it, the batch is another's from when this returns.</summary>
    /// <returns>How many there are, and how many of them are the prefix.</returns>
    private (int Count, int Prefix) Take()
    {
        lock (gate)
        {
            batch.Clear();
            var prefix = table.Take(batch);
            waiting = 0;
            unsettled = batch.Count;
            state = unsettled > 0 ? State.Running : State.Idle;
            return (unsettled, prefix);
        }
    }

    private async ValueTask AcknowledgeAsync(ulong tag, bool multiple, List<Finished> covered)
    {
        var started = clock.GetTimestamp();
        List<Activity>? activities = null;
        foreach (var one in covered)
        {
            if (spans.StartAck(DeliveryFacts.Of(one.Message), one.Attempt) is { } activity)
            {
                (activities ??= []).Add(activity);
            }
        }

        try
        {
            await acknowledge(tag, multiple);
        }
        catch (Exception e)
        {
            activities?.ForEach(activity => activity.Fail(e));
            throw;
        }
        finally
        {
            activities?.ForEach(activity => activity.Dispose());
        }

        var elapsed = clock.GetElapsedTime(started);
        foreach (var one in covered)
        {
            DeliveryMeasurements.Acknowledged(queue, elapsed);
            unsettled--;
            inFlight.Leave(one.Message.DeliveryTag);
        }
    }
}

/// <param name="Message">To be acknowledged.</param>
/// <param name="Attempt">The span that the acknowledgement belongs to.</param>
internal readonly record struct Finished(ReceivedMessage Message, Activity? Attempt);
