using System.Globalization;

namespace Aspire.Hosting.ApplicationModel;

public enum EndpointProperty
{
    Url,
    Host,
    IPV4Host,
    Port,
    Scheme,
    TargetPort,
    HostAndPort,
    TlsEnabled,
}

/// <summary>A part of an endpoint's address; asking for one that depends on the address waits for its allocation.</summary>
public class EndpointReferenceExpression(EndpointReference endpointReference, EndpointProperty property) : IExpressionValue, IValueWithReferences
{
    public EndpointReference Endpoint => endpointReference;

    public EndpointProperty Property => property;

    public string ValueExpression => property switch
    {
        EndpointProperty.HostAndPort => $"{Binding("host")}:{Binding("port")}",
        EndpointProperty.IPV4Host => Binding("host"),
        EndpointProperty.TargetPort => Binding("targetPort"),
        EndpointProperty.TlsEnabled => Binding("tlsEnabled"),
        EndpointProperty.Url => Binding("url"),
        EndpointProperty.Host => Binding("host"),
        EndpointProperty.Port => Binding("port"),
        _ => Binding("scheme"),
    };

    IEnumerable<object> IValueWithReferences.References => [endpointReference];

    public ValueTask<string?> GetValueAsync(ValueProviderContext context, CancellationToken cancellationToken = default) =>
        GetValueAsync(cancellationToken);

    public async ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => property switch
    {
        EndpointProperty.Scheme => endpointReference.Scheme,
        EndpointProperty.TlsEnabled => endpointReference.TlsEnabled.ToString(),
        EndpointProperty.IPV4Host => "127.0.0.1",
        EndpointProperty.TargetPort when endpointReference.TargetPort is { } port => Text(port),
        EndpointProperty.TargetPort => (await Allocated(cancellationToken).ConfigureAwait(false)).TargetPortExpression,
        EndpointProperty.Url => (await Allocated(cancellationToken).ConfigureAwait(false)).UriString,
        EndpointProperty.Host => (await Allocated(cancellationToken).ConfigureAwait(false)).Address,
        EndpointProperty.Port => Text((await Allocated(cancellationToken).ConfigureAwait(false)).Port),
        _ => (await Allocated(cancellationToken).ConfigureAwait(false)).EndPointString,
    };

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    private string Binding(string part) => $"{{{endpointReference.Resource.Name}.bindings.{endpointReference.EndpointName}.{part}}}";

    private Task<AllocatedEndpoint> Allocated(CancellationToken cancellationToken) =>
        endpointReference.EndpointAnnotation.GetAllocatedEndpointAsync(cancellationToken);
}
