using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace RabbitDemo.AppHost;

/// <summary>
/// Holds the node's directory and the pipe to the process that ends node and epmd when this process is gone, even by kill -9.
/// One for each run: it outlives the node's stops and starts.
/// </summary>
internal sealed class BrokerGuardian(BrokerNode node) : IDisposable
{
    private static readonly TimeSpan EpmdStartsWithin = TimeSpan.FromSeconds(10);

    private FileStream? directoryLock;
    private Process? guardian;

    /// <exception cref="SettingException">Another run's broker is on the same directory.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(node.Directory);
        directoryLock = Lock();

        // In a session of its own where that can be had, so that it also survives a kill of the AppHost's whole group.
        string[] command = ["/bin/sh", BrokerNode.Script("guardian.sh"), node.Directory, node.RunMark, node.Installation.Epmd, $"{node.EpmdPort}"];
        const string ownSession = "/usr/bin/setsid";
        if (File.Exists(ownSession))
            command = [ownSession, .. command];

        guardian = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true });
        await EpmdListensAsync(cancellationToken);
    }

    public void Dispose()
    {
        guardian?.StandardInput.Close();
        guardian?.Dispose();
        directoryLock?.Dispose();
    }

    private FileStream Lock()
    {
        try
        {
            return new FileStream(Path.Combine(node.Directory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new SettingException($"Another run's broker uses {node.Directory}: end that run, or give this one its own DataDirectory.");
        }
    }

    private async Task EpmdListensAsync(CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(EpmdStartsWithin);
        while (true)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, node.EpmdPort, deadline.Token);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(20, deadline.Token);
            }
        }
    }
}
