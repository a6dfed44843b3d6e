using RabbitDemo.Tests.Brokers;

namespace RabbitDemo.Tests.Chaos;

/// <summary>Three nodes take what a machine has: nothing runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ClusterCollection : ICollectionFixture<LocalCluster>
{
    public const string Name = "cluster";
}
