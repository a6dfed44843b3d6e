using RabbitDemo.Consumer.Store;
using RabbitDemo.Messaging;

namespace RabbitDemo.Consumer.Ledger;

/// <summary>Compares what producers were promised with what the store has.</summary>
internal sealed class Audit(MessageStore store, Topology topology, ReceiverIdentity service)
{
    private const int MostNamed = 1000;
    private const int Together = 500;

    /// <param name="accepted">What the producers' clients got a 202 for.</param>
    /// <param name="atBroker">
    /// How many messages of a queue the broker holds: as many ids of it that the store does not know may be among them. Null when
    /// nobody can say: then they are taken to be there.
    /// </param>
    /// <param name="cancellationToken">Stops reading.</param>
    public Task<AuditReport> RunAsync(
        IReadOnlyList<AcceptedEvent> accepted, IReadOnlyDictionary<string, long>? atBroker, CancellationToken cancellationToken) =>
        store.ReadAsync(session => RunAsync(session, accepted, atBroker, cancellationToken), cancellationToken);

    private async Task<AuditReport> RunAsync(
        StoreSession session, IReadOnlyList<AcceptedEvent> accepted, IReadOnlyDictionary<string, long>? atBroker, CancellationToken cancellationToken)
    {
        var deletions = await BooksQueries.DeletionsAsync(session, cancellationToken);
        var queues = (await Books.QueuesAsync(session, cancellationToken)).Union(topology.ReadBy(service.Service).Select(q => q.Name)).ToArray();
        var distinct = accepted.DistinctBy(a => (a.MessageId, a.Queue)).ToArray();
        var known = await FindAsync(session, distinct, queues, cancellationToken);
        var judge = new AuditJudge(known, deletions, queues, atBroker);
        var events = judge.Judge(distinct);
        var stored = await AuditScan.RunAsync(session, distinct, known, MostNamed, cancellationToken);
        return new AuditReport
        {
            Accepted = distinct.Length,
            Stored = events.Count(e => e.Place == "stored"),
            Dead = events.Count(e => e.Place == "dead"),
            Discarded = events.Count(e => e.Place == "discarded"),
            Waiting = events.Count(e => e.Place == "waiting"),
            Missing = events.Count(e => e.Place == "missing"),
            StoredTwice = stored.Twice,
            GivenTwice = [.. accepted.GroupBy(a => (a.MessageId, a.Queue)).Where(g => g.Count() > 1).Select(g => g.Key.MessageId).Take(MostNamed)],
            Unclaimed = stored.UnclaimedCount,
            UnclaimedEvents = stored.Unclaimed,
            Events = events
        };
    }

    private static async Task<ILookup<string, Identity>> FindAsync(
        StoreSession session, AcceptedEvent[] accepted, string[] queues, CancellationToken cancellationToken)
    {
        var found = new List<Identity>(accepted.Length);
        var keys = accepted.SelectMany(a => a.Queue is { } queue ? [(queue, a.MessageId)] : queues.Select(q => (q, a.MessageId)));
        foreach (var chunk in keys.Distinct().Chunk(Together))
        {
            var rows = chunk.Select(k => new object?[] { StoredText.Clean(k.Item1), StoredText.Clean(k.MessageId) }).ToArray();
            var identities = await session.FindEachAsync(Identity.FindSql, rows, Identity.Read, cancellationToken);
            found.AddRange(identities.OfType<Identity>());
        }

        return found.ToLookup(i => i.MessageId);
    }
}
