using System.ComponentModel;
using System.Diagnostics;
using RabbitDemo.AppHost;

namespace RabbitDemo.Tests.Brokers;

/// <summary>RabbitMQ in a container of this test run alone, for machines that have an engine and no server.</summary>
internal sealed class ContainerNode : IAsyncDisposable
{
    private const string Image = "docker.io/library/rabbitmq:4-management";
    private static readonly TimeSpan StartsWithin = TimeSpan.FromMinutes(3); // the image may have to be pulled

    private readonly string log = Path.GetTempFileName();
    private readonly int[] ports = LoopbackPorts.Free(2);
    private GuardedProcess? container;

    public static bool EngineAnswers
    {
        get
        {
            try
            {
                using var info = Process.Start(new ProcessStartInfo("docker", ["info"]) { RedirectStandardOutput = true, RedirectStandardError = true });
                return info is not null && info.WaitForExit(TimeSpan.FromSeconds(10)) && info.ExitCode == 0;
            }
            catch (Win32Exception)
            {
                return false;
            }
        }
    }

    public Uri Amqp => new($"amqp://{LocalNode.User}:{LocalNode.Password}@127.0.0.1:{ports[0]}");

    public Uri Management => new($"http://127.0.0.1:{ports[1]}/");

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var environment = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? "");
        container = await GuardedProcess.StartAsync(
            [
                "docker", "run", "--rm",
                "-p", $"127.0.0.1:{ports[0]}:5672", "-p", $"127.0.0.1:{ports[1]}:15672",
                "-e", $"RABBITMQ_DEFAULT_USER={LocalNode.User}", "-e", $"RABBITMQ_DEFAULT_PASS={LocalNode.Password}",
                "-e", $"RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS={DeadLetterWorker.TriesAgainSoon}",
                Image
            ],
            environment, log, cancellationToken);
        using var management = new ManagementApi(Management, LocalNode.User, LocalNode.Password);
        await Eventually.TrueAsync("the RabbitMQ container answers", StartsWithin, management.IsUpAsync);
    }

    public async ValueTask DisposeAsync()
    {
        if (container is not null)
            await container.StopAsync(CancellationToken.None);

        File.Delete(log);
    }
}
