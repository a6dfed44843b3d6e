namespace RabbitDemo.Lab.Services;

/// <summary>When the last few thousand confirms came. Thread-safe.</summary>
internal sealed class RecentConfirms
{
    private const int Most = 5_000;

    private readonly Lock gate = new();
    private readonly Dictionary<string, DateTimeOffset> times = [];
    private readonly Queue<string> order = [];

    public void Add(string messageId, DateTimeOffset at)
    {
        lock (gate)
        {
            if (!times.TryAdd(messageId, at))
                return;

            order.Enqueue(messageId);
            if (order.Count > Most)
                times.Remove(order.Dequeue());
        }
    }

    public DateTimeOffset? Find(string messageId)
    {
        lock (gate)
        {
            return times.TryGetValue(messageId, out var at) ? at : null;
        }
    }
}
