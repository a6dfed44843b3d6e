using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestration;

/// <summary>Starts the model's processes in the order of their waits, and stops them in the reverse of it.</summary>
internal sealed partial class Orchestrator(
    DistributedApplicationModel model,
    DistributedApplicationExecutionContext executionContext,
    ResourceNotificationService notifications,
    ResourceLoggerService loggers,
    IDistributedApplicationEventing eventing,
    IServiceProvider services,
    EndpointAllocator endpoints,
    LaunchBuilder launches,
    InstanceRunner runner) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<IResource, IReadOnlyList<Instance>> _instances = [];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            RefuseWhatNeedsAspire();
            eventing.Subscribe<BeforeResourceStartedEvent>((starting, token) => WaitOrBeStartedAsync(starting.Resource, token));
            foreach (var resource in model.Resources.Where(resource => resource is ExecutableResource or ProjectResource).ToArray())
            {
                _instances[resource] = Instance.Of(resource);
                LifecycleCommands.AddTo(resource);
            }

            await PublishInitialStatesAsync().ConfigureAwait(false);
            EndpointAllocator.Reserve(_instances.Keys);
            foreach (var (resource, instances) in _instances)
                endpoints.Allocate(resource, instances);

            await PublishAddressesAsync(cancellationToken).ConfigureAwait(false);
            foreach (var resource in model.Resources.ToArray())
                _ = InitializeAsync(resource);

            await Task.WhenAll(_instances.Keys.Select(resource => StartAsync(resource, cancellationToken))).ConfigureAwait(false);
            await eventing.PublishAsync(new AfterResourcesCreatedEvent(services, model), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await StopAsync(CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_instances.Values.SelectMany(instances => instances).Select(runner.StopAsync)).ConfigureAwait(false);

        endpoints.Dispose();
    }

    public void Dispose() => _stopping.Dispose();

    /// <summary>Starts one instance; one that waits for others stops waiting.</summary>
    public async Task StartInstanceAsync(string id, CancellationToken cancellationToken)
    {
        var instance = Find(id);
        if (notifications.TryGetCurrentState(id, out var state) && state.Snapshot.State?.Text == KnownResourceStates.Waiting)
        {
            runner.Starting(instance);
            return;
        }

        await instance.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (instance.IsRunning)
                return;

            runner.Starting(instance);
            await eventing.PublishAsync(new BeforeResourceStartedEvent(instance.Resource, services), cancellationToken).ConfigureAwait(false);
            runner.Launch(instance, await launches.BuildAsync(instance.Resource, cancellationToken).ConfigureAwait(false));
        }
        catch (DistributedApplicationException failure)
        {
            runner.Fail(instance, failure);
        }
        finally
        {
            instance.Gate.Release();
        }
    }

    public Task StopInstanceAsync(string id) => runner.StopAsync(Find(id));

    private Instance Find(string id) => _instances.Values.SelectMany(instances => instances).Single(instance => instance.Id == id);

    private void RefuseWhatNeedsAspire()
    {
        if (executionContext.IsPublishMode)
            throw new DistributedApplicationException("Publishing needs Aspire itself: name a package feed that carries Aspire.Hosting.AppHost.");

        if (model.GetContainerResources().FirstOrDefault() is { } container)
            throw new DistributedApplicationException($"Resource '{container.Name}' is a container, and containers need Aspire itself: name a package feed that carries Aspire.Hosting.AppHost.");
    }

    private async Task StartAsync(IResource resource, CancellationToken cancellationToken)
    {
        var instances = _instances[resource];
        if (resource.HasAnnotationOfType<ExplicitStartupAnnotation>())
            return;

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        foreach (var instance in instances)
            runner.Starting(instance);

        try
        {
            if (resource is IResourceWithConnectionString)
                await eventing.PublishAsync(new ConnectionStringAvailableEvent(resource, services), stop.Token).ConfigureAwait(false);

            await eventing.PublishAsync(new BeforeResourceStartedEvent(resource, services), stop.Token).ConfigureAwait(false);
            var launch = await launches.BuildAsync(resource, stop.Token).ConfigureAwait(false);
            foreach (var instance in instances)
                runner.Launch(instance, launch);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            foreach (var instance in instances)
                runner.Fail(instance, failure);
        }
    }

    private async Task InitializeAsync(IResource resource)
    {
        try
        {
            await eventing.PublishAsync(new InitializeResourceEvent(resource, eventing, loggers, notifications, services), _stopping.Token).ConfigureAwait(false);
            if (resource is ParameterResource and IResourceWithConnectionString)
                await eventing.PublishAsync(new ConnectionStringAvailableEvent(resource, services), _stopping.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogNotInitialized(loggers.GetLogger(resource), failure);
        }
    }

    /// <summary>A start command on a waiting instance ends the wait.</summary>
    private async Task WaitOrBeStartedAsync(IResource resource, CancellationToken cancellationToken)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        var dependencies = notifications.WaitForDependenciesAsync(resource, done.Token);
        if (!dependencies.IsCompleted && _instances.ContainsKey(resource))
        {
            var started = notifications.WaitForResourceAsync(resource.Name, KnownResourceStates.Starting, done.Token);
            await Task.WhenAny(dependencies, started).ConfigureAwait(false);
            if (started.IsCompletedSuccessfully)
                return;
        }

        await dependencies.ConfigureAwait(false);
        await done.CancelAsync().ConfigureAwait(false);
    }

    private async Task PublishInitialStatesAsync()
    {
        foreach (var resource in model.Resources)
        {
            if (resource is ParameterResource parameter)
                await ParameterStates.PublishAsync(parameter, notifications, loggers).ConfigureAwait(false);
            else
                await notifications.PublishUpdateAsync(resource, state => resource.HasAnnotationOfType<ExplicitStartupAnnotation>() ? state with { State = KnownResourceStates.NotStarted } : state).ConfigureAwait(false);
        }
    }

    private async Task PublishAddressesAsync(CancellationToken cancellationToken)
    {
        foreach (var resource in model.Resources)
        {
            await ResourceUrls.AddAsync(resource, executionContext, loggers, cancellationToken).ConfigureAwait(false);
            await notifications.PublishUpdateAsync(resource, state => state with { Urls = ResourceUrls.Snapshots(resource) }).ConfigureAwait(false);
            if (_instances.ContainsKey(resource) && resource.HasAnnotationOfType<EndpointAnnotation>())
                await eventing.PublishAsync(new ResourceEndpointsAllocatedEvent(resource, services), cancellationToken).ConfigureAwait(false);
        }
    }

    [LoggerMessage(LogLevel.Error, "Not initialized")]
    private static partial void LogNotInitialized(ILogger logger, Exception failure);
}
