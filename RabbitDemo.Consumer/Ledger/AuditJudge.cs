using System.Buffers.Binary;
using RabbitDemo.Consumer.Store;

namespace RabbitDemo.Consumer.Ledger;

/// <summary>Says where an accepted event is. It spends the broker's messages on the ids that the store does not know, in the order given.</summary>
internal sealed class AuditJudge(
    ILookup<string, Identity> known, ILookup<string, DateTimeOffset> deletions, IReadOnlyList<string> queues, IReadOnlyDictionary<string, long>? atBroker)
{
    private readonly Dictionary<string, long> left = atBroker is null ? [] : new(atBroker);

    /// <summary>
    /// One place for each queue that knows the id; without a queue, one at all. An event of any queue that may have gone with a deleted
    /// one is among the broker's messages only when all the others have been found there.
    /// </summary>
    public AuditedEvent[] Judge(IEnumerable<AcceptedEvent> accepted) =>
    [
        .. accepted.Index()
            .OrderBy(a => a.Item.Queue is null && !known.Contains(a.Item.MessageId) && Lost(a.Item) is not null)
            .Select(a => (a.Index, Places: Judge(a.Item).ToArray()))
            .OrderBy(a => a.Index)
            .SelectMany(a => a.Places)
    ];

    private IEnumerable<AuditedEvent> Judge(AcceptedEvent accepted)
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
        var lost = Lost(accepted);
        if (lost is not null && accepted.Queue is not null)
        {
            return lost;
        }

        var waits = Candidates(accepted).Where(SpendOne).FirstOrDefault();
        return waits is not null
            ? new AuditedEvent(accepted.MessageId, waits, "waiting")
            : lost ?? new AuditedEvent(accepted.MessageId, accepted.Queue, "missing");
    }

    /// <summary>As the deletion of a queue since it was accepted explains it; null when none does.</summary>
    private AuditedEvent? Lost(AcceptedEvent accepted)
    {
        var acceptedAt = accepted.AcceptedAt ?? TimeOf(accepted.MessageId);
        foreach (var candidate in Candidates(accepted))
        {
            if (acceptedAt is { } at && deletions[candidate].Where(d => d >= at).Select(d => (DateTimeOffset?)d).FirstOrDefault() is { } lost)
            {
                return new AuditedEvent(accepted.MessageId, candidate, "discarded", lost, LostWithQueue: true);
            }
        }

        return null;
    }

    private IReadOnlyList<string> Candidates(AcceptedEvent accepted) => accepted.Queue is { } queue ? [queue] : queues;

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

    /// <summary>A UUID v7 begins with its time in milliseconds. A sender's own may hold any, one after the year 9999 too: then there is none.</summary>
    private static DateTimeOffset? TimeOf(string messageId) =>
        Guid.TryParseExact(messageId, "D", out var id) && id.Version == 7
            && (long)(BinaryPrimitives.ReadUInt64BigEndian(id.ToByteArray(bigEndian: true)) >> 16) is var made
            && made <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(made)
            : null;
}
