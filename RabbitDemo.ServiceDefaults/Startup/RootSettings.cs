using Microsoft.Extensions.Configuration;
using RabbitDemo.Messaging;

namespace RabbitDemo.ServiceDefaults;

/// <summary>What is directly in section <c>RabbitDemo</c>, of all services together: each gets the settings of all.</summary>
internal static class RootSettings
{
    public const string Section = "RabbitDemo";

    internal static IReadOnlyList<string> Names { get; } =
    [
        "AdminKey", "Connection", "Delivery", "Handling", "Lab", "MaxBodyBytes", "Movements", "Outbox", "Publisher", "Queues", "Receiver", "SendKey",
        "Service", "Store", "Topology"
    ];

    /// <summary>A name that was mistyped would change nothing, and nobody would know.</summary>
    /// <exception cref="SettingException">There is a name that no service knows.</exception>
    public static void Check(IConfiguration configuration)
    {
        foreach (var child in configuration.GetSection(Section).GetChildren())
        {
            if (!Names.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
                throw new SettingException($"{child.Path}: {SettingException.NoSuch(Names)}"); // the value may be a key
        }
    }
}
