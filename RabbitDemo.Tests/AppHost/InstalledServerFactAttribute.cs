using RabbitDemo.AppHost;

namespace RabbitDemo.Tests.AppHost;

/// <summary>A test of the private node: skipped where no RabbitMQ server is installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class InstalledServerFactAttribute : FactAttribute
{
    public InstalledServerFactAttribute() =>
        Skip = ServerInstallation.Find() is null ? "Needs a RabbitMQ server: install rabbitmq-server." : null;
}
