using RabbitDemo.AppHost;

namespace RabbitDemo.Tests.AppHost;

/// <summary>A test of the broker in a container: skipped where no engine answers, or the orchestrator runs none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ContainerFactAttribute : FactAttribute
{
    private static readonly bool CanRun = BrokerChoice.OrchestratorRunsContainers && ContainerEngine.Answers();

    public ContainerFactAttribute() => Skip = CanRun ? null : "Needs Aspire itself and a container engine.";
}
