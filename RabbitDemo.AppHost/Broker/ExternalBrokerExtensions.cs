using Microsoft.Extensions.Configuration;

namespace RabbitDemo.AppHost;

internal static class ExternalBrokerExtensions
{
    private const string Shape = "amqp://user:password@host:5672/vhost, or amqps:// for TLS";

    /// <summary>A server or cluster that is not ours to start. The services live without it, so nothing waits for it.</summary>
    /// <exception cref="SettingException">The address is missing or no address; names the key, and not what it holds.</exception>
    public static IResourceBuilder<IResourceWithConnectionString> AddExternalBroker(this IDistributedApplicationBuilder builder, string name)
    {
        var key = $"ConnectionStrings:{name}";
        if (builder.ExecutionContext.IsRunMode)
        {
            var address = builder.Configuration.GetConnectionString(name);
            if (string.IsNullOrEmpty(address))
                throw new SettingException($"Broker is external, but {key} is not set: give it an address such as {Shape}.");

            if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("amqp" or "amqps") || uri.Host.Length == 0)
                throw new SettingException($"{key} is not an address: it must look like {Shape}.");
        }

        return builder.AddConnectionString(name);
    }
}
