using Microsoft.Extensions.Logging;

namespace RabbitDemo.Messaging;

/// <summary>The entities that a receiver declares on one session: the topology and its queues' retry queues, and what was wrong with them.</summary>
internal sealed class ReceiverTopology(BrokerSession session, ReceiverParts parts)
{
    private readonly Dictionary<string, string> unreadable = [];
    private readonly List<EntityProblem> problems = [];

    public IReadOnlyList<EntityProblem> Problems => problems;

    /// <summary>What is wrong with an entity that the queue cannot be read without; null when nothing is.</summary>
    public string? WhyUnreadable(WorkQueue queue) => unreadable.GetValueOrDefault(queue.Name);

    public bool IsInOrder(string entity) => !problems.Exists(p => p.Entity == entity);

    public bool IsAway(string entity) => problems.Exists(p => p.Entity == entity && p.IsAway);

    /// <summary>Declares everything, and goes on in the background with what is away.</summary>
    public async Task DeclareAsync(ILogger logger, CancellationToken cancellationToken)
    {
        problems.AddRange(await DeclareAllAsync(cancellationToken));
        foreach (var problem in problems)
        {
            logger.LogProblem(problem);
            if (parts.Queues.FirstOrDefault(q => problem.IsQueue && Prevents(problem, q)) is { } queue)
            {
                unreadable.TryAdd(queue.Name, problem.ToString());
            }
        }

        if (problems.Exists(p => p.IsAway))
        {
            _ = AwayEntities.AwaitAsync(session, DeclareAllAsync, parts.Clock);
        }
    }

    private async Task<IReadOnlyList<EntityProblem>> DeclareAllAsync(CancellationToken cancellationToken)
    {
        List<EntityProblem> found = [.. await parts.Declarer.DeclareAsync(session.Connection, parts.Queues, cancellationToken)];
        foreach (var queue in parts.Queues)
        {
            found.AddRange(await TopologyDeclarer.DeclareRetryQueuesAsync(session.Connection, queue, parts.Options.Delays, cancellationToken));
        }

        return found;
    }

    /// <summary>A retry or dead-letter queue that is away only keeps those messages waiting that need it.</summary>
    private static bool Prevents(EntityProblem problem, WorkQueue queue) => problem.Entity == queue.Name
        || (!problem.IsAway
            && (problem.Entity == queue.DeadLetterQueue || problem.Entity.StartsWith($"{queue.Name}.retry.", StringComparison.Ordinal)));
}
