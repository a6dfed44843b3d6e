using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using RabbitDemo.Messaging;
using RabbitMQ.Client;

namespace RabbitDemo.ServiceDefaults;

public static class BrokerConnection
{
    /// <summary>
    /// Registers the broker's address from connection string <paramref name="name"/> for the engine of RabbitDemo.Messaging.
    /// Nothing connects here: the engine does, keeps trying while the broker is away, and recovers by itself. Its own
    /// health check and traces take the place of the registration's.
    /// </summary>
    /// <exception cref="SettingException">The connection string is missing, or is no AMQP address.</exception>
    public static void AddBrokerConnection(this IHostApplicationBuilder builder, string name)
    {
        var address = ReadAddress(builder.Configuration, name);

        // Each lost connection is an error with a stack trace to the client; the engine says in one line that the broker went.
        builder.Logging.SilenceUnlessConfigured("RabbitMQ.Client");
        builder.AddRabbitMQClient(
            name,
            settings =>
            {
                settings.DisableAutoActivation = true;
                settings.DisableHealthChecks = true;
                settings.DisableTracing = true;
            },
            factory =>
            {
                var options = builder.Configuration.GetSection(ConnectionOptions.Section).Get<ConnectionOptions>() ?? new();
                CoalescedWrites.Use(factory);
                factory.AutomaticRecoveryEnabled = false;
                factory.TopologyRecoveryEnabled = false;
                factory.RequestedHeartbeat = options.Heartbeat;
                factory.RequestedConnectionTimeout = options.AttemptTimeout;

                // The client's own reading of an amqps address lets a certificate of any other host pass.
                factory.Ssl.AcceptablePolicyErrors &= ~System.Net.Security.SslPolicyErrors.RemoteCertificateNameMismatch;
                if (string.IsNullOrEmpty(factory.Ssl.ServerName))
                    factory.Ssl.ServerName = address.Host;
            });
    }

    /// <summary>The message never repeats the connection string, which holds a password.</summary>
    private static Uri ReadAddress(IConfiguration configuration, string name)
    {
        if (configuration.GetConnectionString(name) is not { Length: > 0 } text)
            throw new SettingException($"ConnectionStrings:{name} is not set: it must be an AMQP address such as amqp://user:password@host:5672.");

        try
        {
            var address = new Uri(text);
            _ = new ConnectionFactory { Uri = address };
            return address;
        }
        catch (Exception e) when (e is UriFormatException or ArgumentException)
        {
            throw new SettingException($"ConnectionStrings:{name} is not an AMQP address: it must be like amqp://user:password@host:5672 or amqps://….");
        }
    }
}
