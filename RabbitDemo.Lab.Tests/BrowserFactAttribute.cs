using RabbitDemo.Tests.Brokers;

namespace RabbitDemo.Lab.Tests;

/// <summary>A test that needs a browser, and a RabbitMQ server that the AppHost can start.</summary>
public sealed class BrowserFactAttribute : FactAttribute
{
    /// <summary>A thousand bursts, asked for by hand, take three minutes.</summary>
    private const int EndsWithinMilliseconds = 240_000;

    public BrowserFactAttribute()
    {
        Skip = Browser.WhyNone ?? (LocalNode.IsInstalled ? null : "No RabbitMQ server is installed: install rabbitmq-server.");
        Timeout = EndsWithinMilliseconds;
    }
}
