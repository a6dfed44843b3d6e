using RabbitMQ.Client;

namespace RabbitDemo.Messaging;

/// <summary>
/// The work queues that somebody has deleted, as whoever is about to declare them again finds: afterwards nobody can see it any more, so
/// the reader of each is told, by a <see cref="DeletionNotice"/> in its dead-letter queue. Where that is missing too, all is new.
/// </summary>
internal sealed class DeletedQueues
{
    private readonly List<(WorkQueue Queue, DateTimeOffset At)> found = [];

    private DeletedQueues()
    {
    }

    public static async Task<DeletedQueues> FindAsync(
        IConnection connection, IEnumerable<WorkQueue> queues, TimeProvider clock, CancellationToken cancellationToken)
    {
        var deleted = new DeletedQueues();
        foreach (var queue in queues)
        {
            var at = clock.GetUtcNow();
            if (await QueueProbe.LookAsync(connection, queue.Name, cancellationToken) == QueuePresence.Missing
                && await QueueProbe.LookAsync(connection, queue.DeadLetterQueue, cancellationToken) == QueuePresence.Present)
            {
                deleted.found.Add((queue, at));
            }
        }

        return deleted;
    }

    /// <summary>Returns when the broker has the notices.</summary>
    /// <param name="connection">The one that they were declared on.</param>
    /// <param name="problems">What could not be declared: whoever can will tell.</param>
    /// <param name="declaredAt">When they were there again, with their bindings.</param>
    /// <param name="cancellationToken">Gives up; what was not sent is not told.</param>
    public async Task TellAsync(
        IConnection connection, IReadOnlyList<EntityProblem> problems, DateTimeOffset declaredAt, CancellationToken cancellationToken)
    {
        found.RemoveAll(deleted => problems.Any(problem => problem.Entity == deleted.Queue.Name));
        if (found.Count == 0)
        {
            return;
        }

        await using var channel = await connection.CreateChannelAsync(new(true, true), cancellationToken);
        foreach (var (queue, at) in found)
        {
            await channel.BasicPublishAsync(
                "", queue.DeadLetterQueue, mandatory: true, new DeletionNotice(at, declaredAt).ToProperties(), ReadOnlyMemory<byte>.Empty, cancellationToken);
        }
    }
}
