using System.Net;
using System.Net.Sockets;

namespace RabbitDemo.Tests.Brokers;

internal static class LoopbackPorts
{
    private static readonly Lock Choosing = new();
    private static readonly HashSet<int> Given = [];

    /// <summary>
    /// Distinct ports of 127.0.0.1 that nobody listened on a moment ago, below the range that the system hands out to outgoing
    /// connections, so that none of those takes one meanwhile, and below those that an AppHost chooses from.
    /// </summary>
    public static int[] Free(int count)
    {
        lock (Choosing)
        {
            var ports = new List<int>();
            while (ports.Count < count)
            {
                var port = Random.Shared.Next(10_000, 15_000);
                if (!Given.Contains(port) && IsFree(port))
                {
                    Given.Add(port);
                    ports.Add(port);
                }
            }

            return [.. ports];
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
