namespace RabbitDemo.Messaging;

/// <summary>What the broker did with one message on a copy of the topology, beside what <see cref="Router"/> says.</summary>
/// <param name="Queues">The queues whose copies got the message, by their own names, in the topology's order.</param>
/// <param name="Copies">How many copies each of them got.</param>
/// <param name="Expected">The queues that the router names, in the topology's order.</param>
/// <param name="Agrees">The same queues, one copy each, and returned exactly when there are none.</param>
/// <param name="Returned">The broker gave the message back: it leads to no queue.</param>
/// <param name="Elapsed">From connecting to the last queue's answer.</param>
/// <param name="TemporaryEntities">How many exchanges and queues were made for it; none of them is left.</param>
public sealed record ProofResult(
    IReadOnlyList<string> Queues,
    IReadOnlyDictionary<string, int> Copies,
    IReadOnlyList<string> Expected,
    bool Agrees,
    bool Returned,
    TimeSpan Elapsed,
    int TemporaryEntities);
