namespace RabbitDemo.Tests.Chaos;

/// <summary>One system for all of its tests, and nothing beside it: recovery times mean little on a machine that is busy otherwise.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ChaosCollection : ICollectionFixture<ChaosSystem>
{
    public const string Name = "chaos";
}

/// <summary>The same with the store in PostgreSQL.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class PostgresChaosCollection : ICollectionFixture<PostgresChaosSystem>
{
    public const string Name = "chaos on postgres";
}
