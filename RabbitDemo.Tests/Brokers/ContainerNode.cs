using System.Diagnostics;
using RabbitDemo.AppHost;

namespace RabbitDemo.Tests.Brokers;

/// <summary>RabbitMQ in a container of this test run alone, for machines that have an engine and no server.</summary>
internal sealed class ContainerNode : IAsyncDisposable
{
    private const string Image = "docker.io/library/rabbitmq:4-management";

    // The container does not outlive this process, however that ends: the shell's standard input ends with it.
    private const string Guard = "trap : INT TERM HUP; cat >/dev/null; \"$1\" rm --force --volumes \"$2\" >/dev/null 2>&1";

    private static readonly TimeSpan StartsWithin = TimeSpan.FromMinutes(3); // the image may have to be pulled

    private readonly string name = $"rabbitdemo-test-{Environment.ProcessId}-{Random.Shared.Next()}";
    private readonly int[] ports = LoopbackPorts.Free(2);
    private Process? guard;

    public static bool EngineAnswers { get; } = !OperatingSystem.IsWindows() && ContainerEngine.Client() is not null;

    public Uri Amqp => new($"amqp://{LocalNode.User}:{LocalNode.Password}@127.0.0.1:{ports[0]}");

    public Uri Management => new($"http://127.0.0.1:{ports[1]}/");

    /// <exception cref="InvalidOperationException">It did not start, or has ended: with what the engine or the node said.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var client = ContainerEngine.Client() ?? throw new InvalidOperationException("No container engine answers.");
        guard = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Guard, "guard", client, name]) { RedirectStandardInput = true });
        await RunAsync(client,
        [
            "run", "--detach", "--name", name,
            "-p", $"127.0.0.1:{ports[0]}:5672", "-p", $"127.0.0.1:{ports[1]}:15672",
            "-e", $"RABBITMQ_DEFAULT_USER={LocalNode.User}", "-e", $"RABBITMQ_DEFAULT_PASS={LocalNode.Password}",
            "-e", $"RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS={DeadLetterWorker.TriesAgainSoon}",
            Image
        ], cancellationToken);

        using var management = new ManagementApi(Management, LocalNode.User, LocalNode.Password);
        var end = await Eventually.GetAsync("the RabbitMQ container answers", StartsWithin, async () =>
            (await RunAsync(client, ["inspect", "--format", "{{.State.Running}}", name], cancellationToken)).StartsWith("true", StringComparison.Ordinal)
                ? await management.IsUpAsync() ? "up" : null
                : await RunAsync(client, ["logs", name], cancellationToken), end => end is not null);
        if (end != "up")
            throw new InvalidOperationException($"The RabbitMQ container has ended: {end}");
    }

    public async ValueTask DisposeAsync()
    {
        if (guard is null)
            return;

        guard.StandardInput.Close();
        await guard.WaitForExitAsync();
        guard.Dispose();
    }

    private static async Task<string> RunAsync(string client, string[] arguments, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartsWithin);
        using var process = Process.Start(new ProcessStartInfo(client, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException($"{client} did not start.");
        var output = string.Concat(await Task.WhenAll(process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token)));
        await process.WaitForExitAsync(limit.Token);
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{client} {arguments[0]}: {output}");
    }
}
