using System.Net;
using System.Net.Sockets;
using RabbitMQ.Client;

namespace RabbitDemo.Messaging;

/// <summary>
/// Asks a factory, which knows nothing of it, for a connection with a <see cref="ConsumingStream"/>. Only one that
/// <see cref="CoalescedWrites"/> was used for hears of it; with TLS, where frames cannot be seen in the socket, it makes no use of it.
/// </summary>
internal sealed class ConsumingConnection : IDisposable
{
    private static readonly AsyncLocal<ConsumingConnection?> Current = new();

    private volatile bool isOver;

    private ConsumingConnection()
    {
    }

    /// <summary>Of the connection that was made since; null when it has none.</summary>
    public ConsumingStream? Stream { get; private set; }

    /// <summary>What the caller's flow asks for; null when it does not, or did when it was begun.</summary>
    public static ConsumingConnection? Wanted => Current.Value is { isOver: false } wanted ? wanted : null;

    /// <summary>For what this flow connects until it is disposed.</summary>
    public static ConsumingConnection Want() => Current.Value = new();

    public void Dispose() => isOver = true;

    public ITcpClient Open(Socket socket) => new Adapter(this, socket);

    private sealed class Adapter(ConsumingConnection connection, Socket socket) : TcpClientAdapter(socket)
    {
        private ConsumingStream? stream;

        /// <summary>On a thread of the pool, which the socket's end frees, for nothing may be done with the socket asynchronously.</summary>
        public override async Task ConnectAsync(IPAddress host, int port, CancellationToken cancellationToken = default)
        {
            var connecting = Task.Run(() => Client.Connect(host, port), cancellationToken);
            try
            {
                await connecting.WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                Client.Dispose();
                _ = connecting.ContinueWith(static task => task.Exception, TaskScheduler.Default);
                throw;
            }
        }

        public override NetworkStream GetStream() => stream ??= connection.Stream = new(Client, ConsumingStream.Silence);
    }
}
