namespace RabbitDemo.Messaging;

/// <summary>Counts deliveries that are being worked on, and tells when there are none. Thread-safe.</summary>
internal sealed class InFlight
{
    private readonly Lock gate = new();
    private TaskCompletionSource? idle;

    public int Count { get; private set; }

    public void Enter()
    {
        lock (gate)
        {
            Count++;
        }

        MessagingTelemetry.InFlight.Add(1);
    }

    public void Leave()
    {
        MessagingTelemetry.InFlight.Add(-1);
        lock (gate)
        {
            if (--Count == 0)
            {
                idle?.TrySetResult();
                idle = null;
            }
        }
    }

    public Task WhenIdle()
    {
        lock (gate)
        {
            return Count == 0 ? Task.CompletedTask : (idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }
}
