using System.Globalization;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Orchestration;

/// <summary>Placeholders in arguments and variables whose values differ from one instance of a resource to the next.</summary>
internal static class InstanceText
{
    public const string InstanceId = "{{instance-id}}";

    public static string TargetPort(EndpointAnnotation endpoint) => $"{{{{target-port:{endpoint.Name}}}}}";

    public static string For(Instance instance, string text)
    {
        if (!text.Contains("{{", StringComparison.Ordinal))
            return text;

        text = text.Replace(InstanceId, instance.Id, StringComparison.Ordinal);
        foreach (var (endpoint, port) in instance.Ports)
            text = text.Replace(TargetPort(endpoint), port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

        return text;
    }
}
