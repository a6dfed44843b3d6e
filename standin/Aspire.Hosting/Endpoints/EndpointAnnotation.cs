using System.Net.Sockets;

namespace Aspire.Hosting.ApplicationModel;

public sealed class EndpointAnnotation : IResourceAnnotation
{
    private readonly TaskCompletionSource<AllocatedEndpoint> _allocated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly NetworkIdentifier _network;
    private int? _port;
    private int? _targetPort;

    public EndpointAnnotation(ProtocolType protocol, string? uriScheme = null, string? transport = null, string? name = null, int? port = null, int? targetPort = null, bool? isExternal = null, bool? isProxied = null)
        : this(protocol, null, uriScheme, transport, name, port, targetPort, isExternal, isProxied)
    {
    }

    public EndpointAnnotation(ProtocolType protocol, NetworkIdentifier? networkId, string? uriScheme = null, string? transport = null, string? name = null, int? port = null, int? targetPort = null, bool? isExternal = null, bool? isProxied = null)
    {
        UriScheme = uriScheme ?? Lower(protocol);
        Name = name ?? UriScheme;
        ModelName.Validate(nameof(EndpointAnnotation), Name);
        Protocol = protocol;
        Transport = transport ?? (IsHttp ? "http" : Lower(protocol));
        IsExternal = isExternal ?? false;
        IsExplicitlyProxied = isProxied;
        _network = networkId ?? KnownNetworkIdentifiers.LocalhostNetwork;
        _port = port;
        _targetPort = targetPort;
    }

    public string Name { get; set; }

    public ProtocolType Protocol { get; set; }

    public string UriScheme { get; set; }

    public string Transport { get => field is "tcp" or "http" ? (IsHttp ? "http" : Lower(Protocol)) : field; set; }

    /// <summary>The port that clients use. Without a proxy it is also the process's own.</summary>
    public int? Port { get => _port ?? (IsProxied ? null : _targetPort); set => _port = value; }

    /// <summary>The port that the process listens on; none means that each instance is given one.</summary>
    public int? TargetPort { get => _targetPort ?? (IsProxied ? null : _port); set => _targetPort = value; }

    public string TargetHost { get; set; } = "localhost";

    public bool IsExternal { get; set; }

    public bool IsProxied { get => IsExplicitlyProxied ?? true; set => IsExplicitlyProxied = value; }

    public bool? IsExplicitlyProxied { get; set; }

    public bool ExcludeReferenceEndpoint { get; set; }

    public bool TlsEnabled { get => field || UriScheme.Equals("https", StringComparison.OrdinalIgnoreCase); set; }

    public NetworkIdentifier DefaultNetworkID => _network;

    public AllocatedEndpoint? AllocatedEndpoint
    {
        get => _allocated.Task.IsCompletedSuccessfully ? _allocated.Task.Result : null;
        set
        {
            if (value is null)
                _allocated.TrySetException(new InvalidOperationException($"The endpoint `{Name}` is not allocated."));
            else
                _allocated.TrySetResult(value);
        }
    }

    internal string? TargetPortEnvironmentVariable { get; set; }

    private bool IsHttp => UriScheme.Equals("http", StringComparison.OrdinalIgnoreCase) || UriScheme.Equals("https", StringComparison.OrdinalIgnoreCase);

    internal Task<AllocatedEndpoint> GetAllocatedEndpointAsync(CancellationToken cancellationToken) => _allocated.Task.WaitAsync(cancellationToken);

    private static string Lower(ProtocolType protocol) => protocol is ProtocolType.Udp ? "udp" : "tcp";
}
