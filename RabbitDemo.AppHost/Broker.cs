using Microsoft.Extensions.Hosting;

namespace RabbitDemo.AppHost;

/// <param name="ConnectionString">What the services get by <c>WithReference</c>.</param>
/// <param name="Management">Its HTTP API; null of a broker that is not ours: its own is set with <c>RabbitDemo:Lab:Management</c>.</param>
internal sealed record Broker(IResourceBuilder<IResourceWithConnectionString> ConnectionString, EndpointReference? Management)
{
    /// <summary>The orchestrator starts it, so the services can wait for it; another's may come and go as it likes.</summary>
    public bool IsOurs => Management is not null;
}

/// <summary>Where RabbitMQ runs: a container, a private node of the server installed here, or an address that you give.</summary>
internal static class BrokerExtensions
{
    private const string Name = "rabbitmq";

    /// <exception cref="SettingException">No broker can be had as the settings stand; says what to install or to set.</exception>
    public static Broker AddBroker(this IDistributedApplicationBuilder builder, Ports ports, DataDirectory data) => BrokerChoice.Of(builder, Name) switch
    {
        BrokerKind.External => new(builder.AddExternalBroker(Name), Management: null),
        BrokerKind.Process => Ours(builder.AddBrokerProcess(Name, builder.AddBrokerUser(), builder.AddBrokerPassword(), ports, data)),
        _ => Ours(builder.AddBrokerContainer(Name, builder.AddBrokerUser(), builder.AddBrokerPassword(), ports, data))
    };

    public static IResourceBuilder<ProjectResource> WaitForBroker(this IResourceBuilder<ProjectResource> service, Broker broker) =>
        broker.IsOurs ? service.WaitFor(broker.ConnectionString) : service;

    private static Broker Ours<T>(IResourceBuilder<T> broker) where T : class, IResourceWithConnectionString, IResourceWithEndpoints =>
        new(broker, broker.GetEndpoint("management"));

    private static IResourceBuilder<ParameterResource> AddBrokerUser(this IDistributedApplicationBuilder builder) =>
        builder.AddCredential("broker-user", secret: false);

    private static IResourceBuilder<ParameterResource> AddBrokerPassword(this IDistributedApplicationBuilder builder) =>
        builder.AddCredential("broker-password", secret: true);

    // guest is for a developer's machine; what is published asks for both.
    private static IResourceBuilder<ParameterResource> AddCredential(this IDistributedApplicationBuilder builder, string name, bool secret)
    {
        // Aspire takes the second form too: an environment variable's name cannot have a hyphen in every shell.
        string[] keys = [$"Parameters:{name}", $"Parameters:{name.Replace('-', '_')}"];
        if (builder.ExecutionContext.IsPublishMode || keys.Any(key => builder.Configuration[key] is { Length: > 0 }))
            return builder.AddParameter(name, secret);

        return builder.Environment.IsDevelopment()
            ? builder.AddParameter(name, "guest", secret: secret)
            : throw new SettingException($"Parameters:{name} is not set: only in Development there is a default.");
    }
}
