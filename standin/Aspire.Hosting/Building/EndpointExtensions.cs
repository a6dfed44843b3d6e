using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    public static IResourceBuilder<T> WithEndpoint<T>(this IResourceBuilder<T> builder, int? port = null, int? targetPort = null, string? scheme = null, string? name = null, string? env = null, bool? isProxied = null, bool? isExternal = null, ProtocolType? protocol = null) where T : IResourceWithEndpoints
    {
        var added = new EndpointAnnotation(protocol ?? ProtocolType.Tcp, scheme, name: name, port: port, targetPort: targetPort, isExternal: isExternal, isProxied: isProxied);
        if (builder.Find(added.Name) is { } endpoint)
        {
            endpoint.Port = port ?? endpoint.Port;
            endpoint.TargetPort = targetPort ?? endpoint.TargetPort;
            endpoint.IsExternal = isExternal ?? endpoint.IsExternal;
            endpoint.IsExplicitlyProxied = isProxied ?? endpoint.IsExplicitlyProxied;
        }
        else
        {
            endpoint = added;
            builder.WithAnnotation(endpoint);
        }

        return builder.WithTargetPortIn(env, endpoint);
    }

    public static IResourceBuilder<T> WithEndpoint<T>(this IResourceBuilder<T> builder, string endpointName, Action<EndpointAnnotation> callback, bool createIfNotExists = true) where T : IResourceWithEndpoints
    {
        if (builder.Find(endpointName) is { } endpoint)
        {
            callback(endpoint);
        }
        else if (createIfNotExists)
        {
            endpoint = new(ProtocolType.Tcp, name: endpointName);
            callback(endpoint);
            builder.WithAnnotation(endpoint);
        }

        return builder;
    }

    public static IResourceBuilder<T> WithHttpEndpoint<T>(this IResourceBuilder<T> builder, int? port = null, int? targetPort = null, string? name = null, string? env = null, bool? isProxied = null) where T : IResourceWithEndpoints =>
        builder.WithEndpoint(port, targetPort, "http", name, env, isProxied);

    public static IResourceBuilder<T> WithHttpsEndpoint<T>(this IResourceBuilder<T> builder, int? port = null, int? targetPort = null, string? name = null, string? env = null, bool? isProxied = null) where T : IResourceWithEndpoints =>
        builder.WithEndpoint(port, targetPort, "https", name, env, isProxied);

    public static IResourceBuilder<T> WithExternalHttpEndpoints<T>(this IResourceBuilder<T> builder) where T : IResourceWithEndpoints
    {
        foreach (var endpoint in builder.Resource.Annotations.OfType<EndpointAnnotation>().Where(endpoint => endpoint.UriScheme is "http" or "https"))
            endpoint.IsExternal = true;

        return builder;
    }

    public static EndpointReference GetEndpoint<T>(this IResourceBuilder<T> builder, string name) where T : IResourceWithEndpoints =>
        builder.Resource.GetEndpoint(name);

    private static EndpointAnnotation? Find<T>(this IResourceBuilder<T> builder, string name) where T : IResourceWithEndpoints =>
        builder.Resource.Annotations.OfType<EndpointAnnotation>().SingleOrDefault(endpoint => endpoint.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static IResourceBuilder<T> WithTargetPortIn<T>(this IResourceBuilder<T> builder, string? env, EndpointAnnotation endpoint) where T : IResourceWithEndpoints
    {
        if (env is null || builder.Resource is not IResourceWithEnvironment)
            return builder;

        var known = endpoint.TargetPortEnvironmentVariable is not null;
        endpoint.TargetPortEnvironmentVariable = env;
        var targetPort = new EndpointReference(builder.Resource, endpoint).Property(EndpointProperty.TargetPort);
        return known ? builder : builder.WithAnnotation(new EnvironmentCallbackAnnotation(context =>
        {
            context.EnvironmentVariables[endpoint.TargetPortEnvironmentVariable] = targetPort;
        }));
    }

    /// <summary>The named endpoint, or the https or http one; it must be HTTP.</summary>
    private static EndpointReference HttpEndpoint<T>(this IResourceBuilder<T> builder, string? name, string purpose) where T : IResourceWithEndpoints
    {
        string[] names = name is null ? ["https", "http"] : [name];
        var endpoint = names.Select(builder.Find).FirstOrDefault(found => found is not null)
            ?? throw new DistributedApplicationException($"Could not create {purpose} for resource '{builder.Resource.Name}': it has no endpoint named {string.Join(" or ", names)}.");
        return endpoint.UriScheme is "http" or "https"
            ? new(builder.Resource, endpoint)
            : throw new DistributedApplicationException($"Could not create {purpose} for resource '{builder.Resource.Name}': its endpoint '{endpoint.Name}' is not an HTTP endpoint.");
    }
}
