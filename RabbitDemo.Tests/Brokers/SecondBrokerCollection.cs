namespace RabbitDemo.Tests.Brokers;

/// <summary>As <see cref="BrokerCollection"/>, with a broker of its own, so that both run at the same time: producer, topology, router, proof, movements.</summary>
[CollectionDefinition(Name)]
public sealed class SecondBrokerCollection : ICollectionFixture<TestBroker>
{
    public const string Name = "second broker";
}
