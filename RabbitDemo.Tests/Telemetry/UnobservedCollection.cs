namespace RabbitDemo.Tests.Telemetry;

/// <summary>Test classes that run alone: they listen to this process's sources, and whoever else runs in it speaks to them or is traced by them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class UnobservedCollection
{
    public const string Name = "unobserved";
}
