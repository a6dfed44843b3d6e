using RabbitMQ.Client;

namespace RabbitDemo.Messaging;

/// <summary>Proves on the broker itself what <see cref="Router"/> says, on a copy of the topology that is gone afterwards.</summary>
/// <remarks>
/// Nothing of the topology's own is touched. The copy lives on a connection of its own and ends with it, even when this process
/// is killed: the broker does that, not this class. The one gap that AMQP leaves is a connection that ends between the two commands
/// that declare an exchange and bind it: then this one exchange stays, without a binding, until the next proof of this process or
/// <see cref="SweepAsync"/> deletes it, or the broker restarts. One proof at a time a process: others wait for it.
/// </remarks>
public sealed class TopologyProof(IConnectionFactory factory, TimeProvider clock)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly SemaphoreSlim OneAtATime = new(1);
    private readonly List<string> left = [];

    /// <summary>Publishes one small message to a copy of all of <paramref name="topology"/> and looks which queues got it.</summary>
    /// <param name="topology">At most 50 exchanges, 100 queues and 500 bindings.</param>
    /// <param name="exchange">Empty for the default exchange: the key is then a queue's name.</param>
    /// <param name="routingKey">The message's key.</param>
    /// <param name="headers">Texts, 64-bit integers, booleans or null, in 64 KB together; null for none.</param>
    /// <exception cref="ProofRefusedException">It is too large or does not fit together: nothing was made.</exception>
    /// <exception cref="ProofUnavailableException">The broker is away or blocked, does not permit it, or needed longer than 10 s.</exception>
    public async Task<ProofResult> RunAsync(
        Topology topology, string exchange, string routingKey, IReadOnlyDictionary<string, object?>? headers, CancellationToken cancellationToken)
    {
        ProofLimits.Check(topology, exchange, routingKey, headers);
        await OneAtATime.WaitAsync(cancellationToken);
        var (copy, start) = (new TopologyCopy(topology), clock.GetTimestamp());
        try
        {
            return await OnBrokerAsync(async (session, within) =>
            {
                await SweepLeftAsync(session, within);
                var result = await RunAsync(session, copy, topology, new(exchange, routingKey, headers), within);
                return result with { Elapsed = clock.GetElapsedTime(start), TemporaryEntities = copy.Entities };
            }, cancellationToken);
        }
        catch
        {
            left.AddRange(copy.Exchanges);
            throw;
        }
        finally
        {
            OneAtATime.Release();
        }
    }

    /// <summary>
    /// Deletes those of <paramref name="exchanges"/> that a proof has left, if nothing is bound to them any more: a proof that runs
    /// now keeps its own. The names come from the broker's management API.
    /// </summary>
    /// <returns>How many were deleted, or had gone by themselves.</returns>
    /// <exception cref="ProofUnavailableException">As of a proof.</exception>
    public Task<int> SweepAsync(IEnumerable<string> exchanges, CancellationToken cancellationToken)
    {
        string[] ours = [.. exchanges.Where(e => e.StartsWith(CopyNames.Prefix, StringComparison.Ordinal))];
        return ours.Length == 0
            ? Task.FromResult(0)
            : OnBrokerAsync(async (session, within) => (await ProofSweep.RunAsync(session.Connection, ours, within)).Count, cancellationToken);
    }

    /// <summary>What this process may have left; what is still in use, because the broker has not noticed its connection's end, is for the next time.</summary>
    private async Task SweepLeftAsync(BrokerSession session, CancellationToken cancellationToken)
    {
        var gone = await ProofSweep.RunAsync(session.Connection, left, cancellationToken);
        left.RemoveAll(gone.Contains);
    }

    private static async Task<ProofResult> RunAsync(BrokerSession session, TopologyCopy copy, Topology topology, Route route, CancellationToken cancellationToken)
    {
        var channel = await ProofChannel.OpenAsync(session, cancellationToken);

        // A broker with an alarm says so only to one who publishes, and then reads no more: not even that the connection closes.
        await copy.DeclareSentinelAsync(channel.Channel, cancellationToken);
        await channel.PublishAsync("", copy.Names.Sentinel, headers: null, cancellationToken);

        await copy.DeclareAsync(channel.Channel, cancellationToken);
        var returned = route.Exchange.Length == 0
            ? await channel.PublishAsync("", copy.Names.Queue(route.RoutingKey), route.Headers, cancellationToken)
            : await channel.PublishAsync(copy.Names.Exchange(route.Exchange), route.RoutingKey, route.Headers, cancellationToken);

        var copies = new Dictionary<string, int>(StringComparer.Ordinal);
        var queues = new List<string>();
        foreach (var queue in topology.Queues)
        {
            if (await channel.CountAsync(copy.Names.Queue(queue.Name), cancellationToken) is var count and > 0)
            {
                queues.Add(queue.Name);
                copies[queue.Name] = count;
            }
        }

        var routed = Router.Route(topology, route.Exchange, route.RoutingKey, route.Headers).Queues.ToHashSet(StringComparer.Ordinal);
        string[] expected = [.. topology.Queues.Select(q => q.Name).Where(routed.Contains)];
        var agrees = queues.SequenceEqual(expected) && copies.Values.All(c => c == 1) && returned == (expected.Length == 0);
        return new(queues, copies, expected, agrees, returned, default, default);
    }

    /// <summary>On a connection of its own, in 10 s; whatever goes wrong at the broker is one line.</summary>
    private async Task<T> OnBrokerAsync<T>(Func<BrokerSession, CancellationToken, Task<T>> run, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, clock);
        using var within = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        BrokerSession? session = null;
        try
        {
            session = await OpenAsync(within.Token);
            using var live = CancellationTokenSource.CreateLinkedTokenSource(within.Token, session.Stopped);
            return await run(session, live.Token);
        }
        catch (Exception e) when (BrokerErrors.IsBrokerFailure(e))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var reason = limit.IsCancellationRequested ? $"not done within {Limit.TotalSeconds:0} s"
                : session?.Ended is { IsCompletedSuccessfully: true, Result: var ended } ? ended
                : BrokerErrors.Describe(e);
            throw new ProofUnavailableException($"The broker cannot prove it now: {reason.ReplaceLineEndings(" ").TrimEnd('.')}.");
        }
        finally
        {
            if (session is not null)
                await session.DisposeAsync();
        }
    }

    /// <summary>Where nothing answers, the client takes seconds more to give up than it is given: it is left to it.</summary>
    private async Task<BrokerSession> OpenAsync(CancellationToken cancellationToken)
    {
        var opening = BrokerSession.OpenAsync(factory, "proof", takesDeliveries: false, cancellationToken);
        try
        {
            return await opening.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            _ = CloseLateAsync(opening);
            throw;
        }
    }

    private static async Task CloseLateAsync(Task<BrokerSession> opening)
    {
        try
        {
            await using var session = await opening;
        }
        catch (Exception e) when (BrokerErrors.IsBrokerFailure(e))
        {
            // It never connected.
        }
    }
}
