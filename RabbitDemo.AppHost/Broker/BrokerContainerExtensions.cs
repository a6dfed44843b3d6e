namespace RabbitDemo.AppHost;

internal static class BrokerContainerExtensions
{
    /// <summary>RabbitMQ's own image with a volume for its data, which is this data directory's alone and found again by its next run.</summary>
    public static IResourceBuilder<RabbitMQServerResource> AddBrokerContainer(
        this IDistributedApplicationBuilder builder,
        string name,
        IResourceBuilder<ParameterResource> userName,
        IResourceBuilder<ParameterResource> password,
        Ports ports,
        DataDirectory data)
    {
        var broker = builder.AddRabbitMQ(name, userName, password, ports.Fixed("amqp", 5672))
            .WithManagementPlugin(ports.Fixed("management", 15672))
            .WithEnvironment("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", $"-rabbit collect_statistics_interval 1000 {DeadLetterWorker.TriesAgainSoon}"); // the usual 5 s are long to look at

        // With the volume comes a node name that stays the same, or the next container would not find its data.
        if (builder.ExecutionContext.IsPublishMode)
            return broker.WithDataVolume();

        var volume = data.Volume(name);
        builder.Eventing.Subscribe<BeforeStartEvent>((_, cancellationToken) => ContainerEngine.WaitUntilUnusedAsync(volume, cancellationToken));
        return broker
            .WithDataVolume(volume)
            .WithBrokerHealthCheck(name, new(broker, userName.Resource, password.Resource, $"volume {volume}"));
    }
}
