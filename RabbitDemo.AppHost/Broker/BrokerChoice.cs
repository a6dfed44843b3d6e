using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace RabbitDemo.AppHost;

/// <summary>Which broker it is: the one that <c>Broker</c> names, or the first that can be had.</summary>
internal static class BrokerChoice
{
    // Written by the project file: the stand-in for Aspire runs no containers.
    public static bool OrchestratorRunsContainers => typeof(BrokerChoice).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Any(a => a is { Key: "AspireSource", Value: "nuget" });

    public static BrokerKind Of(IDistributedApplicationBuilder builder, string connectionName)
    {
        var given = builder.Configuration["Broker"];
        return given?.ToUpperInvariant() switch
        {
            "EXTERNAL" => BrokerKind.External,
            _ when builder.ExecutionContext.IsPublishMode => BrokerKind.Container,
            "CONTAINER" => !OrchestratorRunsContainers || ContainerEngine.Answers()
                ? BrokerKind.Container
                : throw new SettingException("Broker is container, but no container engine answers (docker info, podman info): start one, or leave Broker unset."),
            "PROCESS" => ServerInstallation.Find() is not null
                ? BrokerKind.Process
                : throw new SettingException("Broker is process, but there is no RabbitMQ server here: install rabbitmq-server (./run does it where there is apt-get)."),
            null or "" => Automatic(builder.Configuration.GetConnectionString(connectionName)),
            _ => throw new SettingException($"Broker is {given}: it must be container, process or external, or not set.")
        };
    }

    // An address that somebody gave is meant.
    private static BrokerKind Automatic(string? address) =>
        !string.IsNullOrEmpty(address) ? BrokerKind.External
        : OrchestratorRunsContainers && ContainerEngine.Answers() ? BrokerKind.Container
        : ServerInstallation.Find() is not null ? BrokerKind.Process
        : throw new SettingException(
            "There is no RabbitMQ to use: start a container engine (with Aspire's packages), install rabbitmq-server (./run does it where "
            + "there is apt-get), or give an address in ConnectionStrings:rabbitmq.");
}
