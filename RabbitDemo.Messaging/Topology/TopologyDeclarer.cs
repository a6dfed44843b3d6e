using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace RabbitDemo.Messaging;

/// <summary>An exchange, queue or binding that the broker has otherwise, or does not let us declare.</summary>
/// <param name="Entity">Its name.</param>
/// <param name="IsQueue">A queue, rather than an exchange or binding.</param>
/// <param name="IsAway">It is there, on a node of the cluster that is down: it comes back with the node.</param>
/// <param name="Reason">The broker's own words, which name the argument that differs, and how to migrate.</param>
public sealed record EntityProblem(string Entity, bool IsQueue, bool IsAway, string Reason)
{
    public override string ToString() => IsAway ? $"'{Entity}' is away: {Reason}" : $"'{Entity}' is otherwise on the broker: {Reason}";
}

/// <summary>
/// Declares the topology, idempotently: whichever service comes first creates it. An entity that differs on the broker is
/// reported and left alone, and the rest is declared all the same. The readers of work queues that somebody had deleted are told.
/// </summary>
internal sealed class TopologyDeclarer(Topology topology, QueueOptions options, TimeProvider clock)
{
    private const int PreconditionFailed = 406;
    private const int NotFound = 404;
    private const int ResourceLocked = 405;
    private const int AccessRefused = 403;

    /// <summary>Declares every exchange, work queue, dead-letter queue and binding.</summary>
    /// <param name="connection">Where.</param>
    /// <param name="ownQueues">Whose deletion the caller takes note of by itself.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<EntityProblem>> DeclareAsync(
        IConnection connection, IReadOnlyCollection<WorkQueue> ownQueues, CancellationToken cancellationToken)
    {
        var deleted = await DeletedQueues.FindAsync(connection, topology.Queues.Except(ownQueues), clock, cancellationToken);
        await using var declaring = new Declaring(connection);
        foreach (var exchange in topology.Exchanges)
        {
            var arguments = exchange.AlternateExchange is { } alternate
                ? new Dictionary<string, object?> { ["alternate-exchange"] = alternate }
                : null;
            await declaring.TryAsync(exchange.Name, isQueue: false, channel => channel.ExchangeDeclareAsync(
                exchange.Name, exchange.Type.ToString().ToLowerInvariant(), durable: true, autoDelete: false, arguments, cancellationToken: cancellationToken), cancellationToken);
        }

        foreach (var queue in topology.Queues)
        {
            await declaring.TryAsync(queue.DeadLetterQueue, isQueue: true,
                channel => DeclareQueueAsync(channel, queue.DeadLetterQueue, null, cancellationToken), cancellationToken);
            await declaring.TryAsync(queue.Name, isQueue: true,
                channel => DeclareQueueAsync(channel, queue.Name, QueueArguments.OfWorkQueue(queue, options), cancellationToken), cancellationToken);
        }

        foreach (var binding in topology.Bindings)
        {
            var arguments = binding.Arguments?.ToDictionary();
            await declaring.TryAsync($"{binding.Exchange} → {binding.Destination}", isQueue: false, channel => binding.ToExchange
                ? channel.ExchangeBindAsync(binding.Destination, binding.Exchange, binding.RoutingKey, arguments, cancellationToken: cancellationToken)
                : channel.QueueBindAsync(binding.Destination, binding.Exchange, binding.RoutingKey, arguments, cancellationToken: cancellationToken), cancellationToken);
        }

        await deleted.TellAsync(connection, declaring.Problems, clock.GetUtcNow(), cancellationToken);
        return declaring.Problems;
    }

    /// <summary>Declares the queues in which failed messages of <paramref name="queue"/> wait: their delays are the reader's setting.</summary>
    public static async Task<IReadOnlyList<EntityProblem>> DeclareRetryQueuesAsync(
        IConnection connection, WorkQueue queue, IReadOnlyList<TimeSpan> delays, CancellationToken cancellationToken)
    {
        await using var declaring = new Declaring(connection);
        foreach (var delay in delays)
        {
            await declaring.TryAsync(queue.RetryQueue(delay), isQueue: true, channel => DeclareQueueAsync(
                channel, queue.RetryQueue(delay), QueueArguments.OfRetryQueue(queue, delay), cancellationToken), cancellationToken);
        }

        return declaring.Problems;
    }

    private static Task<QueueDeclareOk> DeclareQueueAsync(IChannel channel, string name, Dictionary<string, object?>? arguments, CancellationToken cancellationToken) =>
        channel.QueueDeclareAsync(name, durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: cancellationToken);

    /// <summary>A channel that is opened again after each refusal, because the broker closes it then.</summary>
    private sealed class Declaring(IConnection connection) : IAsyncDisposable
    {
        private readonly List<EntityProblem> problems = [];
        private IChannel? channel;

        public IReadOnlyList<EntityProblem> Problems => problems;

        public async Task TryAsync(string entity, bool isQueue, Func<IChannel, Task> declare, CancellationToken cancellationToken)
        {
            channel ??= await connection.CreateChannelAsync(cancellationToken: cancellationToken);
            try
            {
                await declare(channel);
            }
            catch (OperationInterruptedException e)
                when (e.ShutdownReason is { ReplyCode: PreconditionFailed or NotFound or ResourceLocked or AccessRefused } reason)
            {
                var migrate = isQueue && reason.ReplyCode == PreconditionFailed
                    ? ". To migrate: let it run empty, stop its services, delete it, start them again"
                    : "";
                problems.Add(new(entity, isQueue, BrokerErrors.IsAway(reason), $"{reason.ReplyText.ReplaceLineEndings(" ")}{migrate}"));
                await channel.DisposeAsync();
                channel = null;
            }
        }

        public async ValueTask DisposeAsync()
        {
            if (channel is not null)
            {
                await channel.DisposeAsync();
            }
        }
    }
}
