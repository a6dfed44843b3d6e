namespace RabbitDemo.Tests.Chaos;

/// <summary>Reads everything that is ever stored, page by page, and remembers it: the test's own account of the store.</summary>
internal sealed class Witness(ConsumerClient consumer)
{
    private readonly Dictionary<string, StoredEvent> byMessageId = [];
    private readonly Dictionary<long, StoredEvent> byEventId = [];
    private readonly List<string> doubled = [];
    private long cursor;

    /// <summary>Events read so far.</summary>
    public int Count => byMessageId.Count + doubled.Count;

    /// <summary>What was stored a second time: under the same message id, or the same event under another.</summary>
    public IReadOnlyList<string> Doubled => doubled;

    public StoredEvent? Find(string messageId) => byMessageId.GetValueOrDefault(messageId);

    /// <summary>Reads on from where it stopped last.</summary>
    public async Task ReadOnAsync()
    {
        while (await consumer.PageAsync(cursor) is { Count: > 0 } page)
        {
            foreach (var stored in page)
            {
                if (!byMessageId.TryAdd(stored.MessageId, stored) || !byEventId.TryAdd(stored.Id, stored))
                    doubled.Add(stored.MessageId);

                cursor = stored.Cursor;
            }
        }
    }

    /// <returns>Those that are not stored, or stored as another event.</returns>
    public Accepted[] Lost(IEnumerable<Accepted> accepted) =>
        [.. accepted.Where(a => Find(a.MessageId)?.Id != a.EventId)];
}
