namespace Aspire.Hosting.ApplicationModel;

/// <summary>Waiting for a resource, by its name.</summary>
public partial class ResourceNotificationService
{
    public Task WaitForResourceAsync(string resourceName, string? targetState = null, CancellationToken cancellationToken = default) =>
        WaitForResourceAsync(resourceName, [string.IsNullOrEmpty(targetState) ? KnownResourceStates.Running : targetState], cancellationToken);

    public async Task<string> WaitForResourceAsync(string resourceName, IEnumerable<string> targetStates, CancellationToken cancellationToken = default)
    {
        string[] wanted = [.. targetStates];
        var found = await WaitAsync(
            resourceName,
            state => wanted.Contains(state.Snapshot.State?.Text, StringComparer.OrdinalIgnoreCase),
            $"reach {string.Join(" or ", wanted)}",
            cancellationToken).ConfigureAwait(false);
        return found.Snapshot.State?.Text ?? "";
    }

    public Task<ResourceEvent> WaitForResourceAsync(string resourceName, Func<ResourceEvent, bool> predicate, CancellationToken cancellationToken = default) =>
        WaitAsync(resourceName, predicate, "meet the condition", cancellationToken);

    public Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, CancellationToken cancellationToken = default) =>
        WaitForResourceHealthyAsync(resourceName, DefaultWaitBehavior, cancellationToken);

    /// <summary>Healthy, and the subscribers of its ready event have run.</summary>
    public async Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, WaitBehavior waitBehavior, CancellationToken cancellationToken = default)
    {
        var healthy = await WaitAsync(
            resourceName,
            state => IsHealthy(state) || (waitBehavior is WaitBehavior.StopOnResourceUnavailable && IsUnavailable(state)),
            "become healthy",
            cancellationToken).ConfigureAwait(false);
        if (!IsHealthy(healthy))
            throw new DistributedApplicationException($"Stopped waiting for resource '{resourceName}' to become healthy because it failed to start.");

        var ready = await WaitAsync(resourceName, state => state.ResourceId == healthy.ResourceId && state.Snapshot.Ready is not null, "become ready", cancellationToken).ConfigureAwait(false);
        await (ready.Snapshot.Ready ?? Task.CompletedTask).WaitAsync(cancellationToken).ConfigureAwait(false);
        return ready;
    }

    private async Task<ResourceEvent> WaitAsync(string resourceName, Func<ResourceEvent, bool> predicate, string wish, CancellationToken cancellationToken)
    {
        var last = "it was never published";
        try
        {
            await foreach (var state in WatchAsync(cancellationToken).ConfigureAwait(false))
            {
                if (!state.Resource.Name.Equals(resourceName, StringComparison.OrdinalIgnoreCase))
                    continue;

                if (predicate(state))
                    return state;

                last = Describe(state);
            }
        }
        catch (OperationCanceledException cancelled)
        {
            throw new OperationCanceledException($"Resource '{resourceName}' did not {wish} before the wait was cancelled; last seen: {last}.", cancelled, cancelled.CancellationToken);
        }

        throw new OperationCanceledException($"Resource '{resourceName}' did not {wish}; last seen: {last}.");
    }

    private static string Describe(ResourceEvent state)
    {
        var health = string.Join(", ", state.Snapshot.HealthReports.Select(report => $"{report.Name} {report.Status?.ToString() ?? "not yet checked"} {report.Description}".Trim()));
        return $"{state.ResourceId} {state.Snapshot.State?.Text ?? "without a state"}{(health.Length > 0 ? $" ({health})" : "")}";
    }
}
