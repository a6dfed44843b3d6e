namespace RabbitDemo.Tests.Chaos;

/// <summary>
/// Three nodes take what a machine has: nothing runs beside them. Each class has a cluster of its own: what is declared first after a
/// node was killed and started again can wait for longer than a test does.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ClusterCollection
{
    public const string Name = "cluster";
}
