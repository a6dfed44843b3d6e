namespace RabbitDemo.AppHost;

/// <summary>
/// A private RabbitMQ node as a resource: the orchestrator starts, stops and watches it like any executable, and those who
/// refer to it get what they would get from Aspire's own RabbitMQ resource.
/// </summary>
internal sealed class BrokerProcess(string name, string command, string workingDirectory, ParameterResource userName, ParameterResource password)
    : ExecutableResource(name, command, workingDirectory), IResourceWithConnectionString
{
    public const string AmqpEndpoint = "tcp";
    public const string ManagementEndpoint = "management";
    public const string MetricsEndpoint = "prometheus";

    public ParameterResource UserName => userName;

    public ParameterResource Password => password;

    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create(
        $"amqp://{userName:uri}:{password:uri}@{Amqp.Property(EndpointProperty.HostAndPort)}");

    private EndpointReference Amqp => new(this, AmqpEndpoint);

    IEnumerable<KeyValuePair<string, ReferenceExpression>> IResourceWithConnectionString.GetConnectionProperties() =>
    [
        new("Host", ReferenceExpression.Create($"{Amqp.Property(EndpointProperty.Host)}")),
        new("Port", ReferenceExpression.Create($"{Amqp.Property(EndpointProperty.Port)}")),
        new("Username", ReferenceExpression.Create($"{userName}")),
        new("Password", ReferenceExpression.Create($"{password}")),
        new("Uri", ConnectionStringExpression)
    ];
}
