using RabbitDemo.Consumer.Store;

namespace RabbitDemo.Consumer.Ledger;

/// <summary>Goes through the stored events from the first that was accepted on.</summary>
internal sealed record AuditScan(IReadOnlyList<AuditedEvent> Twice, IReadOnlyList<AuditedEvent> Unclaimed, int UnclaimedCount)
{
    public static async Task<AuditScan> RunAsync(
        StoreSession session, IReadOnlyList<AcceptedEvent> accepted, ILookup<string, Identity> known, int most, CancellationToken cancellationToken)
    {
        var claimed = accepted.Where(a => a.Queue is not null).Select(a => (a.MessageId, a.Queue)).ToHashSet();
        var claimedAnywhere = accepted.Where(a => a.Queue is null).Select(a => a.MessageId).ToHashSet();
        var first = known.SelectMany(i => i).Where(i => i.Place == Place.Stored).Select(i => i.Cursor).DefaultIfEmpty(0).Min();
        var seen = new HashSet<(string, string?)>();
        var twice = new List<AuditedEvent>();
        var unclaimed = new List<AuditedEvent>();
        var count = 0;
        await using var reader = await session.QueryAsync(
            "SELECT queue, message_id, processed_at FROM events WHERE cursor >= $1 ORDER BY cursor", [first], cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var (queue, messageId) = (reader.GetString(0), reader.GetString(1));
            if (!seen.Add((messageId, queue)))
            {
                twice.Add(new AuditedEvent(messageId, queue, "stored", StoredText.Time(reader.GetInt64(2))));
            }
            else if (!claimed.Contains((messageId, queue)) && !claimedAnywhere.Contains(messageId))
            {
                if (count++ < most)
                {
                    unclaimed.Add(new AuditedEvent(messageId, queue, "stored", StoredText.Time(reader.GetInt64(2))));
                }
            }
        }

        return new AuditScan(twice, unclaimed, count);
    }
}
