using System.Buffers.Binary;
using RabbitDemo.Consumer.Store;

namespace RabbitDemo.Consumer.Ledger;

/// <summary>Says where an accepted event is. It spends the broker's messages on the ids that the store does not know, in the order given.</summary>
internal sealed class AuditJudge(
    ILookup<string, Identity> known, ILookup<string, DateTimeOffset> deletions, IReadOnlyList<string> queues, IReadOnlyDictionary<string, long>? atBroker)
{
    private readonly Dictionary<string, long> left = atBroker is null ? [] : new(atBroker);

    /// <summary>One place for each queue that knows the id; without a queue, one at all.</summary>
    public IEnumerable<AuditedEvent> Judge(AcceptedEvent accepted)
    {
        var identities = known[accepted.MessageId].Where(i => accepted.Queue is null || i.Queue == accepted.Queue).ToArray();
        return identities.Length == 0 ? [Unknown(accepted)] : identities.Select(i => Known(i, accepted));
    }

    private AuditedEvent Known(Identity identity, AcceptedEvent accepted)
    {
        var settled = new AuditedEvent(identity.MessageId, identity.Queue, identity.Place.Name(), StoredText.Time(identity.ChangedAt));
        if (identity.Place != Place.Waiting || SpendOne(identity.Queue))
        {
            return settled;
        }

        // It was attempted, then lay in the queue or a retry queue, and is in neither now.
        var lost = deletions[identity.Queue].Where(at => at >= settled.Since).Select(at => (DateTimeOffset?)at).FirstOrDefault();
        return lost is null
            ? settled with { Place = "missing" }
            : new AuditedEvent(accepted.MessageId, identity.Queue, "discarded", lost, LostWithQueue: true);
    }

    private AuditedEvent Unknown(AcceptedEvent accepted)
    {
        var candidates = accepted.Queue is { } queue ? [queue] : queues;
        var acceptedAt = accepted.AcceptedAt ?? TimeOf(accepted.MessageId);
        foreach (var candidate in candidates)
        {
            if (acceptedAt is { } at && deletions[candidate].Where(d => d >= at).Select(d => (DateTimeOffset?)d).FirstOrDefault() is { } lost)
            {
                return new AuditedEvent(accepted.MessageId, candidate, "discarded", lost, LostWithQueue: true);
            }
        }

        var waits = candidates.Where(SpendOne).FirstOrDefault();
        return new AuditedEvent(accepted.MessageId, waits ?? accepted.Queue, waits is null ? "missing" : "waiting");
    }

    private bool SpendOne(string queue)
    {
        if (atBroker is null)
        {
            return true;
        }

        var some = left.GetValueOrDefault(queue) > 0;
        if (some)
        {
            left[queue]--;
        }

        return some;
    }

    /// <summary>A UUID v7 begins with its time in milliseconds.</summary>
    private static DateTimeOffset? TimeOf(string messageId) =>
        Guid.TryParseExact(messageId, "D", out var id) && id.Version == 7
            ? DateTimeOffset.FromUnixTimeMilliseconds((long)(BinaryPrimitives.ReadUInt64BigEndian(id.ToByteArray(bigEndian: true)) >> 16))
            : null;
}
