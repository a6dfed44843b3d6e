namespace RabbitDemo.AppHost;

internal static class ServiceUrls
{
    /// <summary>Names a service's address, and puts the pages beside it that are looked at most.</summary>
    public static IResourceBuilder<ProjectResource> WithPages(this IResourceBuilder<ProjectResource> service, params (string Path, string Name)[] pages)
    {
        service.WithUrlForEndpoint("http", url => url.DisplayText = "Address");
        foreach (var (path, name) in pages)
            service.WithUrlForEndpoint("http", endpoint => new ResourceUrlAnnotation { Url = path, DisplayText = name });

        return service;
    }
}
