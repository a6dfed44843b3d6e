using System.Diagnostics;
using RabbitDemo.Tests.Lab;

namespace RabbitDemo.Tests.AppHost;

/// <summary>Of <c>./run</c>. Nothing is started here: in Development a name that there is none of ends it.</summary>
public sealed class RunScriptTests
{
    private const string OutsideDevelopment = "Parameters:broker-user is not set: only in Development there is a default.";
    private const string InDevelopment = "Services:nobody: there is no such name here";

#if DEBUG
    private const string Configuration = "Debug";
#else
    private const string Configuration = "Release";
#endif

    private static readonly string[] Ports = ["producer", "consumer", "usuarios", "pedidos", "auditoria", "lab", "amqp", "management"];
    private static readonly string[] Variables = ["DOTNET_ENVIRONMENT", "ASPNETCORE_ENVIRONMENT", "ASPIRE_ENVIRONMENT"];
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(90);

    [InstalledServerFact]
    public async Task IsInDevelopmentUnlessAnotherEnvironmentIsAskedFor() =>
        Assert.Contains(InDevelopment, await SaysAsync(variable: null), StringComparison.Ordinal);

    [InstalledServerFact]
    public async Task IsInTheEnvironmentThatAnArgumentNames() =>
        Assert.Contains(OutsideDevelopment, await SaysAsync(variable: null, "--environment", "Production"), StringComparison.Ordinal);

    [InstalledServerFact]
    public async Task IsInTheEnvironmentThatAVariableOfTheCallerNames() =>
        Assert.Contains(OutsideDevelopment, await SaysAsync(variable: "ASPNETCORE_ENVIRONMENT"), StringComparison.Ordinal);

    private static async Task<string> SaysAsync(string? variable, params string[] arguments)
    {
        string[] command =
        [
            Path.Combine(Sources.Root, "run"), "--no-build", "-c", Configuration, "--Broker=process", "--Services:nobody:X=1",
            .. Ports.Select(name => $"--Ports:{name}=0"), .. arguments
        ];
        var start = new ProcessStartInfo("bash", command)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true
        };
        foreach (var name in Variables)
            start.Environment.Remove(name);

        if (variable is not null)
            start.Environment[variable] = "Production";

        using var run = Process.Start(start) ?? throw new InvalidOperationException("bash did not start.");
        using var deadline = new CancellationTokenSource(EndsWithin);
        var texts = await Task.WhenAll(run.StandardOutput.ReadToEndAsync(deadline.Token), run.StandardError.ReadToEndAsync(deadline.Token));
        return string.Concat(texts);
    }
}
