using System.Net;
using System.Net.Sockets;
using RabbitMQ.Client;

namespace RabbitDemo.Messaging;

/// <summary>
/// Goes with a flow through a factory, which knows nothing of it, and learns of the socket that is opened. Only a factory that
/// <see cref="CoalescedWrites"/> was used for hears of it.
/// </summary>
/// <remarks>
/// Of a broker that has taken the connection and says nothing, the client library (7.2.2) gives up and leaves the socket open: whoever
/// asked for it has to close it.
/// </remarks>
internal sealed class OpeningConnection : IDisposable
{
    private static readonly AsyncLocal<OpeningConnection?> Flowing = new();

    private readonly bool takesDeliveries;
    private volatile bool isOver;

    private OpeningConnection(bool takesDeliveries) => this.takesDeliveries = takesDeliveries;

    /// <summary>Of the connection that was made since; null when there is none.</summary>
    public Socket? Socket { get; private set; }

    /// <summary>Of that connection; null when it has none.</summary>
    public ConsumingStream? Stream { get; private set; }

    /// <summary>The caller's flow's; null when it has none, or had one when it was begun.</summary>
    public static OpeningConnection? Current => Flowing.Value is { isOver: false } opening ? opening : null;

    /// <summary>For what this flow connects until it is disposed.</summary>
    /// <param name="takesDeliveries">
    /// It shall have a <see cref="ConsumingStream"/>. With TLS, where frames cannot be seen in the socket, it has none all the same.
    /// </param>
    public static OpeningConnection Begin(bool takesDeliveries) => Flowing.Value = new(takesDeliveries);

    public void Dispose() => isOver = true;

    /// <returns>How the client library uses the socket; null when that is as ever.</returns>
    public ITcpClient? Open(Socket socket, bool isEncrypted)
    {
        Socket?.Dispose(); // another address that did not answer
        Socket = socket;
        return takesDeliveries && !isEncrypted ? new Adapter(this, socket) : null;
    }

    private sealed class Adapter(OpeningConnection connection, Socket socket) : TcpClientAdapter(socket)
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
