using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The last snapshot of every resource instance, and all later ones in the order in which they were published.</summary>
public partial class ResourceNotificationService : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ResourceEvent> _states = new(StringComparer.OrdinalIgnoreCase);
    private readonly CancellationTokenSource _disposing = new();
    private readonly IServiceProvider _services;
    private ImmutableList<Channel<ResourceEvent>> _watchers = [];

    internal ResourceNotificationService(IServiceProvider services) => _services = services;

    public async IAsyncEnumerable<ResourceEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposing.Token);
        var channel = Channel.CreateUnbounded<ResourceEvent>();
        lock (_lock)
        {
            _watchers = _watchers.Add(channel);
            foreach (var state in _states.Values)
                channel.Writer.TryWrite(state);
        }

        try
        {
            await foreach (var resourceEvent in channel.Reader.ReadAllAsync(stop.Token).ConfigureAwait(false))
                yield return resourceEvent;
        }
        finally
        {
            lock (_lock)
                _watchers = _watchers.Remove(channel);
        }
    }

    public bool TryGetCurrentState(string resourceId, [NotNullWhen(true)] out ResourceEvent? resourceEvent)
    {
        lock (_lock)
        {
            if (_states.TryGetValue(resourceId, out resourceEvent))
                return true;

            ResourceEvent[] named = [.. _states.Values.Where(state => state.Resource.Name.Equals(resourceId, StringComparison.OrdinalIgnoreCase))];
            resourceEvent = named.Length == 1 ? named[0] : null;
            return resourceEvent is not null;
        }
    }

    public Task PublishUpdateAsync(IResource resource, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        foreach (var id in resource.InstanceIds())
            Publish(resource, id, stateFactory);

        return Task.CompletedTask;
    }

    public Task PublishUpdateAsync(IResource resource, string resourceId, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        Publish(resource, resourceId, stateFactory);
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _disposing.Cancel();
        GC.SuppressFinalize(this);
    }

    internal void Publish(IResource resource, string id, Func<CustomResourceSnapshot, CustomResourceSnapshot> change)
    {
        lock (_lock)
        {
            var previous = _states.TryGetValue(id, out var known) ? known.Snapshot : Initial(resource);
            var next = change(previous);
            next = next with { Version = previous.Version + 1, Commands = Commands(resource, next), IsHidden = next.IsHidden || resource.HasAnnotationOfType<HiddenAnnotation>() };
            var resourceEvent = new ResourceEvent(resource, id, next);
            _states[id] = resourceEvent;
            foreach (var watcher in _watchers)
                watcher.Writer.TryWrite(resourceEvent);
        }
    }

    private ImmutableArray<ResourceCommandSnapshot> Commands(IResource resource, CustomResourceSnapshot snapshot) =>
    [
        .. resource.Annotations.OfType<ResourceCommandAnnotation>().Select(command => new ResourceCommandSnapshot(
            command.Name,
            command.UpdateState(new() { ResourceSnapshot = snapshot, Services = _services }),
            command.DisplayName,
            command.DisplayDescription,
            null,
            command.ConfirmationMessage,
            command.IconName,
            command.IconVariant,
            command.IsHighlighted)),
    ];

    private static CustomResourceSnapshot Initial(IResource resource)
    {
        var snapshot = resource.TryGetLastAnnotation<ResourceSnapshotAnnotation>(out var initial)
            ? initial.InitialSnapshot
            : new() { ResourceType = TypeName(resource), Properties = [] };
        resource.TryGetLastAnnotation<ResourceIconAnnotation>(out var icon);
        return snapshot with
        {
            IconName = snapshot.IconName ?? icon?.IconName,
            IconVariant = snapshot.IconVariant ?? icon?.IconVariant,
            CreationTimeStamp = snapshot.CreationTimeStamp ?? DateTime.UtcNow,
            Relationships = [.. resource.Annotations.OfType<ResourceRelationshipAnnotation>().Select(to => new RelationshipSnapshot(to.Resource.Name, to.Type))],
        };
    }

    private static string TypeName(IResource resource) => resource switch
    {
        ProjectResource => "Project",
        ExecutableResource => "Executable",
        ContainerResource => "Container",
        ParameterResource => "Parameter",
        _ => resource.GetType().Name.Replace("Resource", "", StringComparison.Ordinal),
    };
}
