namespace RabbitDemo.Tests.AppHost;

/// <summary>Test classes that each start an AppHost: one after the other, since a broker's start takes a machine.</summary>
[CollectionDefinition(Name)]
public sealed class AppHostCollection
{
    public const string Name = "AppHost";
}
