using System.Net.Sockets;
using RabbitMQ.Client;

namespace RabbitDemo.Messaging;

/// <summary>
/// Has a factory's connections send many AMQP commands with one system call (<c>docs/decisions/008-fewer-system-calls.md</c>), and a
/// receiver's read on a thread of its own (<c>docs/decisions/011-a-thread-that-reads.md</c>).
/// </summary>
public static class CoalescedWrites
{
    public static void Use(ConnectionFactory factory)
    {
        factory.SocketFactory = family =>
        {
            var socket = new Socket(family, SocketType.Stream, ProtocolType.Tcp)
            {
                NoDelay = true,
                ReceiveBufferSize = 256 * 1024,
                SendBufferSize = 256 * 1024
            };
            return OpeningConnection.Current?.Open(socket, factory.Ssl.Enabled) ?? new Adapter(socket);
        };
    }

    private sealed class Adapter(Socket socket) : TcpClientAdapter(socket)
    {
        private NetworkStream? stream;

        public override NetworkStream GetStream() => stream ??= new CoalescingStream(Client);
    }
}
