namespace RabbitDemo.Lab.Services;

/// <summary>Where a browser finds the services: the addresses that service discovery has.</summary>
internal sealed class ServiceLinks(IConfiguration configuration)
{
    /// <summary>The page of a service's API; null where only other machines could reach it.</summary>
    public Uri? Page(string service) =>
        Uri.TryCreate(configuration[$"services:{service}:http:0"], UriKind.Absolute, out var address) ? new(address, "/scalar") : null;
}
