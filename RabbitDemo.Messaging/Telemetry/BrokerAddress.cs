using System.Diagnostics;
using RabbitMQ.Client;

namespace RabbitDemo.Messaging;

/// <summary>Where the broker is, as spans name it.</summary>
internal sealed record BrokerAddress(string Host, int Port)
{
    public static BrokerAddress Of(Uri broker) => new(broker.Host, broker.Port);

    public static BrokerAddress Of(AmqpTcpEndpoint broker) => new(broker.HostName, broker.Port);

    public void Describe(Activity activity)
    {
        activity.SetTag("server.address", Host);
        activity.SetTag("server.port", Port);
    }
}
