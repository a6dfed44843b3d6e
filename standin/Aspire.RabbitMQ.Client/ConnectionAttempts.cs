using System.Diagnostics;
using System.Net.Sockets;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Aspire.RabbitMQ.Client;

internal static class ConnectionAttempts
{
    public const string SourceName = "Aspire.RabbitMQ.Client";

    private static readonly ActivitySource s_source = new(SourceName);

    /// <summary>Blocks, as Aspire's registration does: a singleton cannot be created asynchronously.</summary>
    public static IConnection Connect(IConnectionFactory factory, int retries) => ConnectAsync(factory, retries).GetAwaiter().GetResult();

    private static async Task<IConnection> ConnectAsync(IConnectionFactory factory, int retries)
    {
        using var activity = s_source.StartActivity("rabbitmq connect", ActivityKind.Client);
        activity?.AddTag("server.address", factory.Uri.Host).AddTag("server.port", factory.Uri.Port).AddTag("messaging.system", "rabbitmq");
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await factory.CreateConnectionAsync().ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is SocketException or BrokerUnreachableException && attempt < retries)
            {
                await Task.Delay(TimeSpan.FromSeconds(Math.Pow(2, attempt))).ConfigureAwait(false);
            }
        }
    }
}
