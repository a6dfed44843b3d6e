using System.Text.RegularExpressions;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>Sets <c>ConnectionStrings__{connectionName}</c> and <c>{CONNECTIONNAME}_{PROPERTY}</c> for each connection property.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithConnectionString> source, string? connectionName = null, bool optional = false) where TDestination : IResourceWithEnvironment
    {
        var resource = source.Resource;
        connectionName ??= resource.Name;
        var prefix = connectionName.Length == 0 ? "" : $"{VariableName(connectionName).ToUpperInvariant()}_";
        return builder.WithReferenceRelationship(resource).WithEnvironment(context =>
        {
            context.EnvironmentVariables[resource.ConnectionStringEnvironmentVariable ?? $"ConnectionStrings__{connectionName}"] = new ConnectionStringReference(resource, optional);
            foreach (var (name, value) in resource.GetConnectionProperties())
                context.EnvironmentVariables[prefix + name.ToUpperInvariant()] = value;

            foreach (var property in resource.Annotations.OfType<ConnectionPropertyAnnotation>())
                context.EnvironmentVariables[prefix + property.Name.ToUpperInvariant()] = property.Value;
        });
    }

    /// <summary>Sets <c>services__{name}__{scheme}__{n}</c> and <c>{NAME}_{ENDPOINT}</c> for each of the source's endpoints.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithServiceDiscovery> source) where TDestination : IResourceWithEnvironment =>
        builder.ApplyEndpoints(source.Resource, null, null);

    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithServiceDiscovery> source, string name) where TDestination : IResourceWithEnvironment =>
        builder.ApplyEndpoints(source.Resource, null, name);

    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder, EndpointReference endpointReference) where TDestination : IResourceWithEnvironment =>
        builder.ApplyEndpoints(endpointReference.Resource, endpointReference.EndpointName, null);

    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder, string name, Uri uri) where TDestination : IResourceWithEnvironment =>
        uri.IsAbsoluteUri
            ? builder.WithEnvironment($"services__{name}__default__0", uri.ToString()).WithEnvironment(VariableName(name), uri.ToString())
            : throw new InvalidOperationException($"The URI for service reference '{name}' must be absolute.");

    public static IResourceBuilder<T> WithConnectionProperty<T>(this IResourceBuilder<T> builder, string name, ReferenceExpression value) where T : IResourceWithConnectionString =>
        builder.WithAnnotation(new ConnectionPropertyAnnotation(name, value));

    public static IResourceBuilder<T> WithConnectionProperty<T>(this IResourceBuilder<T> builder, string name, string value) where T : IResourceWithConnectionString =>
        builder.WithAnnotation(new ConnectionPropertyAnnotation(name, ReferenceExpression.Create($"{value}")));

    private static IResourceBuilder<T> ApplyEndpoints<T>(this IResourceBuilder<T> builder, IResourceWithEndpoints source, string? endpointName, string? name) where T : IResourceWithEnvironment
    {
        var reference = builder.Resource.Annotations.OfType<EndpointReferenceAnnotation>().SingleOrDefault(known => known.Resource == source);
        if (reference is null)
        {
            reference = new(source);
            builder.WithAnnotation(reference).WithEnvironment(context => SetEndpoints(context.EnvironmentVariables, reference, name));
        }

        if (endpointName is null)
            reference.UseAllEndpoints = true;
        else
            reference.EndpointNames.Add(endpointName);

        return builder.WithReferenceRelationship(source);
    }

    private static void SetEndpoints(Dictionary<string, object> variables, EndpointReferenceAnnotation reference, string? name)
    {
        var service = name ?? reference.Resource.Name;
        var prefix = VariableName(name ?? service.ToUpperInvariant());
        foreach (var endpoint in reference.Resource.GetEndpoints())
        {
            if (!reference.EndpointNames.Contains(endpoint.EndpointName) && (!reference.UseAllEndpoints || endpoint.ExcludeReferenceEndpoint))
                continue;

            variables[$"{prefix}_{VariableName(endpoint.EndpointName).ToUpperInvariant()}"] = endpoint;
            var scheme = endpoint.IsHttpSchemeNamedEndpoint ? endpoint.Scheme : endpoint.EndpointName;
            var index = 0;
            while (variables.ContainsKey($"services__{service}__{scheme}__{index}"))
                index++;

            variables[$"services__{service}__{scheme}__{index}"] = endpoint;
        }
    }

    private static string VariableName(string name)
    {
        var encoded = NotInAVariableName().Replace(name, "_");
        return encoded.Length > 0 && char.IsAsciiDigit(encoded[0]) ? $"_{encoded}" : encoded;
    }

    [GeneratedRegex("[^a-zA-Z0-9_]")]
    private static partial Regex NotInAVariableName();
}
