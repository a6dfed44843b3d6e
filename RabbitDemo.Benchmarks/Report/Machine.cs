using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;

namespace RabbitDemo.Benchmarks.Report;

internal static class Machine
{
    /// <summary>One line: when, where, with what.</summary>
    public static string Describe(string brokerVersion) => string.Create(CultureInfo.InvariantCulture,
        $"{DateTime.UtcNow:yyyy-MM-dd}, {Environment.ProcessorCount} cores ({Processor()}), {RuntimeInformation.FrameworkDescription}, RabbitMQ {brokerVersion}, RabbitMQ.Client {Version("RabbitMQ.Client")}, MassTransit {Version("MassTransit")}, WolverineFx {Version("Wolverine")}.");

    private static string Processor() => File.Exists("/proc/cpuinfo")
        ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "?"
        : RuntimeInformation.ProcessArchitecture.ToString();

    private static string Version(string assembly) =>
        Assembly.Load(assembly).GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "?";
}
