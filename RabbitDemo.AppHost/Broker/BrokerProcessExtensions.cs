using Microsoft.Extensions.DependencyInjection;

namespace RabbitDemo.AppHost;

internal static class BrokerProcessExtensions
{
    /// <summary>A private node of the RabbitMQ server that is installed here, with data that the next run finds again.</summary>
    public static IResourceBuilder<BrokerProcess> AddBrokerProcess(
        this IDistributedApplicationBuilder builder,
        string name,
        IResourceBuilder<ParameterResource> userName,
        IResourceBuilder<ParameterResource> password,
        Ports ports,
        DataDirectory data)
    {
        var installation = ServerInstallation.Find() ?? throw new SettingException("There is no RabbitMQ server here: install rabbitmq-server.");
        var node = new BrokerNode(installation, data.File(name), ports.Own("amqp", 5672), ports.Own("management", 15672), ports.Own("prometheus", 0));
        var broker = new BrokerProcess(name, "/bin/sh", builder.AppHostDirectory, userName.Resource, password.Resource);

        builder.Services.AddSingleton(_ => new BrokerGuardian(node));
        builder.Eventing.Subscribe<BeforeStartEvent>((start, cancellationToken) =>
            start.Services.GetRequiredService<BrokerGuardian>().StartAsync(cancellationToken));

        var resource = builder.AddResource(broker);
        return resource
            .WithArgs(BrokerNode.Script("node.sh"), node.Directory, node.Mark, installation.Server)
            .WithEndpoint(port: node.AmqpPort, targetPort: node.AmqpPort, scheme: "tcp", name: BrokerProcess.AmqpEndpoint, isProxied: false)
            .WithHttpEndpoint(port: node.ManagementPort, targetPort: node.ManagementPort, name: BrokerProcess.ManagementEndpoint, isProxied: false)
            .WithHttpEndpoint(port: node.MetricsPort, targetPort: node.MetricsPort, name: BrokerProcess.MetricsEndpoint, isProxied: false)
            .WithEnvironment(context =>
            {
                foreach (var (key, value) in node.Environment())
                    context.EnvironmentVariables[key] = value;
            })
            .WithBrokerHealthCheck(name, new(resource, userName.Resource, password.Resource, $"directory {node.Directory}"))
            .OnBeforeResourceStarted(async (_, _, cancellationToken) => node.WriteFiles(
                await userName.Resource.GetValueAsync(cancellationToken) ?? "",
                await password.Resource.GetValueAsync(cancellationToken) ?? ""));
    }
}
