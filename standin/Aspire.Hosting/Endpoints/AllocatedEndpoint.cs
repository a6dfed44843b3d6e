namespace Aspire.Hosting.ApplicationModel;

public class AllocatedEndpoint(EndpointAnnotation endpoint, string address, int port, string? targetPortExpression = null)
{
    public EndpointAnnotation Endpoint => endpoint;

    public string Address => address;

    public int Port => port;

    /// <summary>Stands for the process's own port until an instance starts, which replaces it by that instance's.</summary>
    public string? TargetPortExpression => targetPortExpression;

    public string UriScheme => endpoint.UriScheme;

    public string EndPointString => $"{address}:{port}";

    public string UriString => $"{UriScheme}://{EndPointString}";

    public override string ToString() => UriString;
}
