using RabbitDemo.AppHost;

namespace RabbitDemo.Tests.AppHost;

public sealed class PortsTests
{
    /// <summary>Nobody listens on them yet: a node takes five, one after the other, and listens on the first seconds later.</summary>
    [Fact]
    public void GiveNoPortTwice()
    {
        var ports = new int[500];

        Parallel.For(0, ports.Length, i => ports[i] = Ports.Any());

        Assert.Equal(ports.Length, ports.Distinct().Count());
    }
}
