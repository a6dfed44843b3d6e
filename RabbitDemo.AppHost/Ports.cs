using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace RabbitDemo.AppHost;

/// <summary>The ports by name: <c>Ports:producer</c> and so on in the configuration, 0 for a free one.</summary>
internal sealed class Ports(IDistributedApplicationBuilder builder)
{
    public static readonly string[] OfTheBroker = ["amqp", "management", "prometheus"];

    // A run that was just ended may still be closing its ports.
    private static readonly TimeSpan GivenUpWithin = TimeSpan.FromSeconds(5);

    private static readonly Lock Choosing = new();
    private static readonly HashSet<int> Given = [];

    private readonly bool publishing = builder.ExecutionContext.IsPublishMode;

    // Set by the testing builder, which must not meet a demo that runs beside it.
    private readonly bool randomize = builder.Flag("DcpPublisher:RandomizePorts", usual: false);

    /// <returns>The port that the orchestrator's proxy shall listen on; null to let it choose.</returns>
    /// <exception cref="SettingException">It is taken, or not a port.</exception>
    public int? Fixed(string name, int usual) => Setting(name, usual) is var port and not 0 ? Free(name, port) : null;

    /// <returns>A port for a process that listens on it itself.</returns>
    /// <exception cref="SettingException">It is taken, or not a port.</exception>
    public int Own(string name, int usual) => Setting(name, usual) is var port and not 0 ? Free(name, port) : Any();

    /// <summary>
    /// A free port that this process has given to nobody else, since whoever gets it listens only seconds later. It is below the range
    /// that the system hands out to outgoing connections, so that none takes it meanwhile.
    /// </summary>
    public static int Any()
    {
        lock (Choosing)
        {
            while (true)
            {
                var port = Random.Shared.Next(24_000, 32_000);
                if (!Given.Contains(port) && IsFree(port))
                {
                    Given.Add(port);
                    return port;
                }
            }
        }
    }

    private int Setting(string name, int usual)
    {
        var given = builder.Configuration[$"Ports:{name}"];
        if (string.IsNullOrEmpty(given))
            return randomize ? 0 : usual;

        return int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= IPEndPoint.MaxPort
            ? port
            : throw new SettingException($"Ports:{name} is {given}: it must be a port from 1 to {IPEndPoint.MaxPort}, or 0 for a free one.");
    }

    private int Free(string name, int port)
    {
        if (publishing)
            return port;

        var started = Stopwatch.GetTimestamp();
        while (!IsFree(port))
        {
            if (Stopwatch.GetElapsedTime(started) > GivenUpWithin)
                throw new SettingException($"Port {port} is taken: end what listens there, or choose another with Ports:{name} (0 for a free one).");

            Thread.Sleep(100);
        }

        lock (Choosing)
            Given.Add(port);

        return port;
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
