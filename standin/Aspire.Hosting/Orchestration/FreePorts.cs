using System.Net;
using System.Net.Sockets;

namespace Aspire.Hosting.Orchestration;

/// <summary>
/// Ports for processes to listen on, below the range from which the system takes those of outgoing connections, and below the one
/// from which the AppHost takes those of its broker.
/// </summary>
internal static class FreePorts
{
    private const int First = 16_000;
    private const int End = 24_000;

    private static readonly Lock s_lock = new();
    private static readonly HashSet<int> s_taken = [];

    public static int Next()
    {
        lock (s_lock)
        {
            while (true)
            {
                var port = Random.Shared.Next(First, End);
                if (!s_taken.Contains(port) && IsFree(port))
                {
                    s_taken.Add(port);
                    return port;
                }
            }
        }
    }

    /// <summary>A port that was chosen elsewhere, and may be listened on later: <see cref="Next"/> does not give it to anybody else.</summary>
    public static void Take(int port)
    {
        lock (s_lock)
            s_taken.Add(port);
    }

    public static bool IsFree(int port) => IsFree(IPAddress.Loopback, port) && (!Socket.OSSupportsIPv6 || IsFree(IPAddress.IPv6Loopback, port));

    private static bool IsFree(IPAddress address, int port)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen();
            return true;
        }
        catch (SocketException failure) when (failure.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return false;
        }
        catch (SocketException)
        {
            // No such address on this machine: nobody else can have it either.
            return true;
        }
    }
}
