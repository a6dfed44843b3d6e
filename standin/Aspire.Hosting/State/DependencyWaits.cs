using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Waiting for what a resource waits for.</summary>
public partial class ResourceNotificationService
{
    private static readonly string?[] s_beforeWaiting = [null, KnownResourceStates.NotStarted, KnownResourceStates.Starting, KnownResourceStates.Waiting];

    private WaitBehavior DefaultWaitBehavior =>
        _services.GetRequiredService<IOptions<ResourceNotificationServiceOptions>>().Value.DefaultWaitBehavior;

    /// <exception cref="DistributedApplicationException">A dependency ended or failed, and the wait is not one that outlasts that.</exception>
    public async Task WaitForDependenciesAsync(IResource resource, CancellationToken cancellationToken)
    {
        WaitAnnotation[] waits = [.. resource.Annotations.OfType<WaitAnnotation>().Where(wait => wait.Resource is not IResourceWithoutLifetime)];
        if (waits.Length == 0)
            return;

        // Not the instances that run already, when another one is started again.
        await PublishUpdateAsync(resource, state => s_beforeWaiting.Contains(state.State?.Text)
            ? state.With(KnownProperties.WaitingFor, waits.Select(wait => wait.Resource.Name).ToArray()) with { State = KnownResourceStates.Waiting }
            : state).ConfigureAwait(false);
        await Task.WhenAll(waits.SelectMany(wait => wait.Resource.InstanceIds().Select(id => WaitForAsync(resource, wait, id, cancellationToken)))).ConfigureAwait(false);
    }

    private async Task WaitForAsync(IResource waiting, WaitAnnotation wait, string id, CancellationToken cancellationToken)
    {
        var name = wait.Resource.Name;
        var stops = (wait.WaitBehavior ?? DefaultWaitBehavior) is WaitBehavior.StopOnResourceUnavailable;
        if (wait.WaitType is WaitType.WaitForCompletion)
        {
            var ended = await Instance(IsTerminal).ConfigureAwait(false);
            if (ended.Snapshot.State?.Text == KnownResourceStates.FailedToStart || (ended.Snapshot.ExitCode ?? wait.ExitCode) != wait.ExitCode)
                throw Gone(ended);

            return;
        }

        var running = await Instance(state => IsRunning(state) || (stops && IsUnavailable(state))).ConfigureAwait(false);
        if (!IsRunning(running))
            throw Gone(running);

        if (wait.WaitType is WaitType.WaitUntilStarted)
            return;

        if (wait.Resource.HasAnnotationOfType<HealthCheckAnnotation>())
            await Instance(IsHealthy).ConfigureAwait(false);

        var ready = await Instance(state => state.Snapshot.Ready is not null).ConfigureAwait(false);
        await (ready.Snapshot.Ready ?? Task.CompletedTask).WaitAsync(cancellationToken).ConfigureAwait(false);

        Task<ResourceEvent> Instance(Func<ResourceEvent, bool> predicate) =>
            WaitAsync(name, state => state.ResourceId == id && predicate(state), $"become what '{waiting.Name}' waits for", cancellationToken);

        DistributedApplicationException Gone(ResourceEvent state) => new(
            $"'{waiting.Name}' stopped waiting for '{name}', which is {state.Snapshot.State?.Text}{(state.Snapshot.ExitCode is { } code ? $" with exit code {code}" : "")}.");
    }

    private static bool IsRunning(ResourceEvent state) => state.Snapshot.State?.Text == KnownResourceStates.Running;

    private static bool IsHealthy(ResourceEvent state) => state.Snapshot.HealthStatus is HealthStatus.Healthy;

    private static bool IsTerminal(ResourceEvent state) =>
        KnownResourceStates.TerminalStates.Contains(state.Snapshot.State?.Text) || state.Snapshot.ExitCode is not null;

    private static bool IsUnavailable(ResourceEvent state) =>
        KnownResourceStates.TerminalStates.Contains(state.Snapshot.State?.Text) || state.Snapshot.State?.Text == KnownResourceStates.RuntimeUnhealthy;
}

public sealed class ResourceNotificationServiceOptions
{
    public WaitBehavior DefaultWaitBehavior { get; set; } = WaitBehavior.StopOnResourceUnavailable;
}
