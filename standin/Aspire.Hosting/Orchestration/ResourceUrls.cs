using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Orchestration;

internal static class ResourceUrls
{
    /// <summary>One URL for each endpoint, and those that the model adds or changes.</summary>
    public static async Task AddAsync(IResource resource, DistributedApplicationExecutionContext executionContext, ResourceLoggerService loggers, CancellationToken cancellationToken)
    {
        ResourceUrlAnnotation[] own = [.. resource.Annotations.OfType<ResourceUrlAnnotation>()];
        IEnumerable<ResourceUrlAnnotation> addresses = resource is IResourceWithEndpoints addressed
            ? addressed.GetEndpoints().Where(endpoint => endpoint.IsAllocated).Select(endpoint => new ResourceUrlAnnotation { Url = endpoint.Url, Endpoint = endpoint })
            : [];
        var context = new ResourceUrlsCallbackContext(executionContext, resource, [.. addresses, .. own], cancellationToken) { Logger = loggers.GetLogger(resource) };
        foreach (var callback in resource.Annotations.OfType<ResourceUrlsCallbackAnnotation>())
            await callback.Callback(context).ConfigureAwait(false);

        foreach (var url in own)
            resource.Annotations.Remove(url);

        foreach (var url in context.Urls)
        {
            if (url.Url.StartsWith('/') && url.Endpoint is { IsAllocated: true } endpoint)
                url.Url = endpoint.Url + url.Url;

            resource.Annotations.Add(url);
        }
    }

    /// <summary>An endpoint's URL is inactive until the process behind it runs.</summary>
    public static ImmutableArray<UrlSnapshot> Snapshots(IResource resource) =>
    [
        .. resource.Annotations.OfType<ResourceUrlAnnotation>().Select(url => new UrlSnapshot(url.Endpoint?.EndpointName, url.Url, url.DisplayLocation is UrlDisplayLocation.DetailsOnly)
        {
            IsInactive = url.Endpoint is not null,
            DisplayProperties = new(url.DisplayText ?? ""),
        }),
    ];
}
