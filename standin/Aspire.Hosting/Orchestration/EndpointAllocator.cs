using System.Net;
using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Orchestration;

/// <summary>Gives every endpoint its address: a proxy's that stays while instances come and go, unless it is to have none.</summary>
internal sealed class EndpointAllocator(IConfiguration configuration) : IDisposable
{
    private readonly bool _randomize = configuration.GetValue("DcpPublisher:RandomizePorts", false);
    private readonly List<EndpointProxy> _proxies = [];

    /// <summary>Before any is allocated: what one resource is to listen on is no other's by chance.</summary>
    public static void Reserve(IEnumerable<IResource> resources)
    {
        foreach (var endpoint in resources.SelectMany(resource => resource.Annotations.OfType<EndpointAnnotation>()))
        {
            if (endpoint.Port is { } port and > 0)
                FreePorts.Take(port);
            if (endpoint.TargetPort is { } target and > 0)
                FreePorts.Take(target);
        }
    }

    /// <exception cref="DistributedApplicationException">A port is in use, or the endpoint contradicts itself.</exception>
    public void Allocate(IResource resource, IReadOnlyList<Instance> instances)
    {
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>().Where(endpoint => endpoint.AllocatedEndpoint is null))
        {
            var port = endpoint.IsProxied ? AllocateProxied(resource, endpoint, instances) : AllocateOwn(resource, endpoint, instances);
            var address = IPAddress.TryParse(endpoint.TargetHost, out var ip) && !ip.Equals(IPAddress.Any) && !ip.Equals(IPAddress.IPv6Any) ? endpoint.TargetHost : "localhost";
            endpoint.AllocatedEndpoint = new(endpoint, address, port, InstanceText.TargetPort(endpoint));
        }
    }

    public void Dispose() => _proxies.ForEach(proxy => proxy.Dispose());

    private int AllocateProxied(IResource resource, EndpointAnnotation endpoint, IReadOnlyList<Instance> instances)
    {
        if (endpoint.TargetPort is { } target && (instances.Count > 1 || target == endpoint.Port))
            throw new DistributedApplicationException($"Resource '{resource.Name}' cannot have the target port {target} for its endpoint '{endpoint.Name}': replicas need a port each, and a proxy one of its own.");

        foreach (var instance in instances)
            instance.Ports[endpoint] = endpoint.TargetPort ?? FreePorts.Next();

        var host = IPAddress.TryParse(endpoint.TargetHost, out var ip) && !ip.Equals(IPAddress.Any) && !ip.Equals(IPAddress.IPv6Any) ? ip : IPAddress.Loopback;
        var port = _randomize ? 0 : endpoint.Port ?? 0;
        try
        {
            var proxy = EndpointProxy.Listen(
                Addresses(endpoint.TargetHost),
                port == 0 ? FreePorts.Next() : port,
                () => [.. instances.Where(instance => instance.IsRunning).Select(instance => new IPEndPoint(host, instance.Ports[endpoint]))]);
            _proxies.Add(proxy);
            return proxy.Port;
        }
        catch (SocketException failure) when (failure.SocketErrorCode is SocketError.AddressAlreadyInUse)
        {
            throw InUse(resource, endpoint, port);
        }
    }

    private static int AllocateOwn(IResource resource, EndpointAnnotation endpoint, IReadOnlyList<Instance> instances)
    {
        if (instances.Count > 1)
            throw new DistributedApplicationException($"Resource '{resource.Name}' uses multiple replicas and a proxy-less endpoint '{endpoint.Name}'. These features do not work together.");

        if (endpoint.Port is { } wanted && !FreePorts.IsFree(wanted))
            throw InUse(resource, endpoint, wanted);

        endpoint.Port = endpoint.TargetPort = endpoint.Port is { } fixedPort and > 0 ? fixedPort : FreePorts.Next();
        instances[0].Ports[endpoint] = endpoint.Port.Value;
        return endpoint.Port.Value;
    }

    private static DistributedApplicationException InUse(IResource resource, EndpointAnnotation endpoint, int port) =>
        new($"Port {port} is already in use: resource '{resource.Name}' needs it for its endpoint '{endpoint.Name}'.");

    private static IPAddress[] Addresses(string host) => IPAddress.TryParse(host, out var ip)
        ? [ip]
        : host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            ? [IPAddress.Loopback, IPAddress.IPv6Loopback]
            : [IPAddress.Any, IPAddress.IPv6Any];
}
