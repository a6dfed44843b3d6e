using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitDemo.ServiceDefaults;

namespace RabbitDemo.Tests.ServiceDefaults;

public sealed class LogSilenceTests
{
    [Theory]
    [InlineData("RabbitMQ.Client")]
    [InlineData("Microsoft.Extensions.Diagnostics.HealthChecks")]
    public void LastsUnlessTheConfigurationNamesALevel(string category)
    {
        using var usual = Build("--Logging:LogLevel:Default=Trace");
        using var asked = Build($"--Logging:LogLevel:{category}=Debug");

        Assert.False(Logger(usual).IsEnabled(LogLevel.Critical));
        Assert.True(Logger(asked).IsEnabled(LogLevel.Debug));
        Assert.False(Logger(asked).IsEnabled(LogLevel.Trace));

        ILogger Logger(IHost host) => host.Services.GetRequiredService<ILoggerFactory>().CreateLogger(category);
    }

    private static IHost Build(params string[] settings)
    {
        var builder = Host.CreateApplicationBuilder(["--ConnectionStrings:rabbitmq=amqp://localhost:1", .. settings]);
        builder.AddServiceDefaults();
        builder.AddBrokerConnection("rabbitmq");
        return builder.Build();
    }
}
