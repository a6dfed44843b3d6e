using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.ApiExplorer;

namespace RabbitDemo.ServiceDefaults;

/// <summary>What each endpoint takes, as the OpenAPI document says it.</summary>
internal sealed class EndpointParameters(IApiDescriptionGroupCollectionProvider descriptions)
{
    /// <summary>By handler. Read when first asked for: all endpoints are mapped by then.</summary>
    private readonly Lazy<Dictionary<MethodInfo, ApiParameterDescription[]>> all = new(() => (
        from endpoint in descriptions.ApiDescriptionGroups.Items.SelectMany(described => described.Items)
        from handler in endpoint.ActionDescriptor.EndpointMetadata.OfType<MethodInfo>().TakeLast(1)
        group endpoint.ParameterDescriptions by handler)
        .ToDictionary(endpoints => endpoints.Key, endpoints => endpoints.SelectMany(parameters => parameters).ToArray()));

    /// <summary>Null for an endpoint that the document leaves out: health, and the document itself.</summary>
    public ApiParameterDescription[]? Of(Endpoint? endpoint) =>
        endpoint?.Metadata.GetMetadata<MethodInfo>() is { } handler ? all.Value.GetValueOrDefault(handler) : null;
}
