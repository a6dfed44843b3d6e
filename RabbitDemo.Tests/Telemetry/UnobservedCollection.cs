namespace RabbitDemo.Tests.Telemetry;

/// <summary>Test classes that run alone: whoever else runs in this process listens to the same sources.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class UnobservedCollection
{
    public const string Name = "unobserved";
}
