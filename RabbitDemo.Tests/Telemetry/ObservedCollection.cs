namespace RabbitDemo.Tests.Telemetry;

/// <summary>Test classes that watch one running system; they run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class ObservedCollection : ICollectionFixture<ObservedSystem>
{
    public const string Name = "observed";
}
