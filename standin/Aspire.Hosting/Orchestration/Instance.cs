using System.Security.Cryptography;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Orchestration;

/// <summary>One process of a resource, over all its restarts: its id and ports stay.</summary>
internal sealed class Instance(IResource resource)
{
    public IResource Resource => resource;

    public string Id { get; } = $"{resource.Name}-{RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz", 8)}";

    /// <summary>The port that the process itself listens on, for each of the resource's endpoints.</summary>
    public Dictionary<EndpointAnnotation, int> Ports { get; } = [];

    /// <summary>Starting and stopping exclude each other.</summary>
    public SemaphoreSlim Gate { get; } = new(1, 1);

    public ChildProcess? Process { get; set; }

    public bool IsRunning => Process is { Exited.IsCompleted: false };

    public static IReadOnlyList<Instance> Of(IResource resource)
    {
        Instance[] instances = [.. Enumerable.Range(0, resource.GetReplicaCount()).Select(_ => new Instance(resource))];
        resource.Annotations.Add(new InstancesAnnotation([.. instances.Select(instance => instance.Id)]));
        return instances;
    }
}
