namespace RabbitDemo.Consumer.Store;

/// <summary>Something to write, waiting for its transaction.</summary>
internal abstract class StoreWrite(CancellationToken caller)
{
    /// <summary>Nobody waits for it any more.</summary>
    public bool IsAbandoned => caller.IsCancellationRequested;

    /// <summary>May run again after a rollback.</summary>
    public abstract Task ApplyAsync(StoreTransaction transaction);

    public abstract void Committed();

    public abstract void Failed(Exception reason);
}

internal sealed class StoreWrite<T>(Func<StoreTransaction, Task<T>> apply, CancellationToken caller) : StoreWrite(caller) where T : struct
{
    private readonly TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T result;

    /// <summary>Completes after the commit.</summary>
    public Task<T> Done => done.Task;

    public override async Task ApplyAsync(StoreTransaction transaction) => result = await apply(transaction);

    public override void Committed() => done.TrySetResult(result);

    public override void Failed(Exception reason) => done.TrySetException(reason);
}
