namespace RabbitDemo.Messaging;

/// <summary>
/// Has the store remember which queues were there and which were gone: with the time of the notice, as soon as the store takes it, and
/// one after the other for each queue. Nobody waits for that.
/// </summary>
internal sealed class QueueRecords(IInbox inbox, IReadOnlyDictionary<string, Trouble> troubles, TimeProvider clock)
{
    private static readonly TimeSpan GivenUpAfter = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, Task> last = [];

    public void Seen(WorkQueue queue) => Add(inbox.RecordQueueSeenAsync, queue);

    public void Missing(WorkQueue queue) => Add(inbox.RecordQueueMissingAsync, queue);

    private void Add(Func<string, DateTimeOffset, CancellationToken, ValueTask> record, WorkQueue queue) =>
        last[queue.Name] = AddAsync(last.GetValueOrDefault(queue.Name, Task.CompletedTask), record, queue, clock.GetUtcNow());

    private async Task AddAsync(
        Task before, Func<string, DateTimeOffset, CancellationToken, ValueTask> record, WorkQueue queue, DateTimeOffset at)
    {
        using var limit = new CancellationTokenSource(GivenUpAfter, clock);
        try
        {
            await before;
            await troubles[queue.Name].InsistAsync(async token =>
            {
                await record(queue.Name, at, token);
                return true;
            }, limit.Token);
        }
        catch (OperationCanceledException)
        {
            // The store was away for longer than anybody waits: the next session asks the broker again.
        }
    }
}
