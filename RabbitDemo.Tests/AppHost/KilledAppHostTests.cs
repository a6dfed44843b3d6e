using System.Diagnostics;
using RabbitDemo.AppHost;

namespace RabbitDemo.Tests.AppHost;

[Collection(AppHostCollection.Name)]
public sealed class KilledAppHostTests
{
    private static readonly TimeSpan BrokerRunsWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan GoneWithin = TimeSpan.FromSeconds(10);

    [InstalledServerFact]
    public async Task LeavesNoProcessBehind()
    {
        using var data = new TemporaryDirectory();
        using var appHost = Start(data);
        var pidFile = Path.Combine(data.Path, "rabbitmq", "rabbitmq.pid");
        var node = await Eventually.GetAsync("the node runs", BrokerRunsWithin, () => Task.FromResult(Processes.Named(pidFile) ?? 0), pid => pid > 0);

        appHost.Kill();
        await appHost.WaitForExitAsync();

        await Eventually.TrueAsync("node, epmd and guardian are gone", GoneWithin, () => Task.FromResult(!Processes.Running(node) && !Processes.Mention(data.Path)));
    }

    private static Process Start(TemporaryDirectory data)
    {
        string[] names = ["producer", "consumer", "usuarios", "pedidos", "auditoria", "lab", "amqp", "management"];
        string[] command = [typeof(SettingException).Assembly.Location, "--Broker=process", $"--DataDirectory={data.Path}", .. names.Select(name => $"--Ports:{name}=0")];
        var start = new ProcessStartInfo("dotnet", command) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_ENVIRONMENT"] = "Development";
        start.Environment["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true";
        start.Environment["ASPNETCORE_URLS"] = "http://localhost:0";
        start.Environment["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = "http://localhost:0";
        var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}
