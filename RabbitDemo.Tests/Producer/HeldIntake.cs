using Microsoft.AspNetCore.Mvc;
using RabbitDemo.Messaging;
using RabbitDemo.Producer.Sending;

namespace RabbitDemo.Tests.Producer;

/// <summary>Takes events as a broker does that confirms them when the test says so.</summary>
internal sealed class HeldIntake : IIntake
{
    private readonly Lock gate = new();
    private readonly Queue<TaskCompletionSource<ProblemDetails?>> underWay = [];
    private int taken, mostUnderWay;

    public int Taken
    {
        get
        {
            lock (gate)
                return taken;
        }
    }

    public int MostUnderWay
    {
        get
        {
            lock (gate)
                return mostUnderWay;
        }
    }

    public Task<ProblemDetails?> TakeAsync(Evento evento, string messageId, bool isKey, Route route, PublishLane lane, CancellationToken cancellationToken)
    {
        var pending = new TaskCompletionSource<ProblemDetails?>(TaskCreationOptions.RunContinuationsAsynchronously);
        cancellationToken.Register(() => pending.TrySetCanceled(cancellationToken));
        lock (gate)
        {
            taken++;
            underWay.Enqueue(pending);
            mostUnderWay = Math.Max(mostUnderWay, underWay.Count);
        }

        return pending.Task;
    }

    /// <summary>Promises the oldest event under way.</summary>
    public void ConfirmOne()
    {
        lock (gate)
            underWay.Dequeue().SetResult(null);
    }
}
