namespace RabbitDemo.Tests.Brokers;

/// <summary>Test classes that share one broker; they run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class BrokerCollection : ICollectionFixture<TestBroker>
{
    public const string Name = "broker";
}
