using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using RabbitDemo.Lab;
using RabbitDemo.Producer;

namespace RabbitDemo.Tests.ServiceDefaults;

/// <summary>A service as a process of its own, since what counts is its standard error and its exit code.</summary>
public sealed class StartupFailureTests
{
    private const string Broker = "--ConnectionStrings:rabbitmq=amqp://guest:never-shown@127.0.0.1:1";

    [Theory]
    [InlineData("RabbitDemo:MaxBodyBytes is 12: it must be between 1024 and 16777216.", Broker, "--RabbitDemo:MaxBodyBytes=12")]
    [InlineData("RabbitDemo:MaxBodyBytes is mucho: it must be a whole number up to 2147483647.", Broker, "--RabbitDemo:MaxBodyBytes=mucho")]
    [InlineData("RabbitDemo:Publisher:Window is 0: it must be between 1 and 65536.", Broker, "--RabbitDemo:Publisher:Window=0")]
    [InlineData("RabbitDemo:Connection:Heartbeat is 02:00:00: it must be between 00:00:01 and 00:01:00.", Broker, "--RabbitDemo:Connection:Heartbeat=02:00:00")]
    [InlineData("RabbitDemo:Outbox:Path is \"\": it must be the name of a file.", Broker, "--RabbitDemo:Outbox:Path=")]
    [InlineData("RabbitDemo:Outbox:Path is : it must be the name of a file.", Broker, "--RabbitDemo:Outbox:Path=", "--RabbitDemo:Delivery=Outbox")]
    [InlineData("ConnectionStrings:rabbitmq is not set")]
    [InlineData("ConnectionStrings:rabbitmq is not an AMQP address", "--ConnectionStrings:rabbitmq=never-shown")]
    [InlineData("ConnectionStrings:rabbitmq is not an AMQP address", "--ConnectionStrings:rabbitmq=http://a:never-shown@b")]
    [InlineData("ConnectionStrings:rabbitmq is not an AMQP address", "--ConnectionStrings:rabbitmq=amqp://a:never-shown@b:99999")]
    [InlineData("urls", Broker, "--urls=nonsense")]
    public async Task SaysInOneLineWhichSettingIsWrong(string line, params string[] settings)
    {
        var (exitCode, error) = await RunAsync(typeof(ProducerApp), settings);

        Assert.Equal(1, exitCode);
        Assert.Contains(line, Assert.Single(error.TrimEnd().Split('\n')), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("never-shown", error);
    }

    [Theory]
    [InlineData("RabbitDemo:Lab:Management is localhost:15672: it must be an address of http or https, such as http://localhost:15672.", "--RabbitDemo:Lab:Management=localhost:15672")]
    [InlineData("RabbitDemo:Lab:Management is broker: it must be an address of http or https", "--RabbitDemo:Lab:Management=broker")]
    [InlineData("RabbitDemo:Lab:Management is …@…: it must be an address of http or https", "--RabbitDemo:Lab:Management=amqp://guest:never-shown@broker:15672")]
    [InlineData("RabbitDemo:Lab:Management is http://: it must be an address such as http://localhost:15672.", "--RabbitDemo:Lab:Management=http://")]
    [InlineData("RabbitDemo:Lab:Dashboard is localhost:15888: it must be an address of http or https, such as http://localhost:15888.", "--RabbitDemo:Lab:Dashboard=localhost:15888")]
    [InlineData("RabbitDemo:Connection:MaxBackoff is soon: it must be a time such as 00:00:05.", "--RabbitDemo:Connection:MaxBackoff=soon")]
    [InlineData("RabbitDemo:Topology:Queues:0:Name is not set", "--RabbitDemo:Topology:Queues:0:ReadBy=nobody")]
    public async Task SaysInOneLineWhichSettingOfTheLabIsWrong(string line, string setting)
    {
        var (exitCode, error) = await RunAsync(typeof(LabApp), Broker, setting);

        Assert.Equal(1, exitCode);
        Assert.Contains(line, Assert.Single(error.TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.DoesNotContain("never-shown", error);
    }

    [Fact]
    public async Task SaysInOneLineThatThePortIsTaken()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var (exitCode, error) = await RunAsync(typeof(ProducerApp), Broker, $"--urls=http://127.0.0.1:{port}");

        Assert.Equal(1, exitCode);
        Assert.Contains($"127.0.0.1:{port}", Assert.Single(error.TrimEnd().Split('\n')));
    }

    /// <summary>Standard output has the log, which must not repeat the failure.</summary>
    private static async Task<(int ExitCode, string Error)> RunAsync(Type program, params string[] settings)
    {
        var start = new ProcessStartInfo("dotnet", [program.Assembly.Location, "--urls=http://127.0.0.1:0", .. settings])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true
        };
        start.Environment.Remove("ConnectionStrings__rabbitmq");
        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            var error = await process.StandardError.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            Assert.DoesNotContain("   at ", await output);
            return (process.ExitCode, error);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }
}
