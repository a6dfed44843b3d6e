using System.Globalization;

namespace RabbitDemo.AppHost;

/// <summary>Settings that are more than a text; one that is not set, or empty, has its usual value.</summary>
internal static class GivenSettings
{
    // Each is a process; what was typed by mistake shall not start thousands.
    private const int MostReplicas = 100;

    /// <exception cref="SettingException">It is neither true nor false.</exception>
    public static bool Flag(this IDistributedApplicationBuilder builder, string key, bool usual) => builder.Configuration[key] switch
    {
        null or "" => usual,
        var given when bool.TryParse(given, out var flag) => flag,
        var given => throw new SettingException($"{key} is {given}: it must be true or false.")
    };

    /// <summary>How many processes of a service run: <c>Replicas:{service}</c>.</summary>
    /// <exception cref="SettingException">It is no number of processes.</exception>
    public static int ReplicasOf(this IDistributedApplicationBuilder builder, string service) => builder.Configuration[$"Replicas:{service}"] switch
    {
        null or "" => 1,
        var given when int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= MostReplicas => number,
        var given => throw new SettingException($"Replicas:{service} is {given}: it must be a number of processes from 1 to {MostReplicas}.")
    };
}
