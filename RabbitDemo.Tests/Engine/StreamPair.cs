using System.Net;
using System.Net.Sockets;
using RabbitDemo.Messaging;

namespace RabbitDemo.Tests.Engine;

/// <summary>A stream that consumes, and the socket at its other end, where a broker would be.</summary>
internal sealed class StreamPair : IDisposable
{
    public StreamPair(TimeSpan silence)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(listener.LocalEndpoint);
        Stream = new(socket, silence);
        Broker = listener.AcceptSocket();
    }

    public ConsumingStream Stream { get; }

    public Socket Broker { get; }

    /// <summary>As the client library reads.</summary>
    public async Task<byte[]> ReadAsync(int count)
    {
        var got = new byte[count];
        await Stream.ReadExactlyAsync(got);
        return got;
    }

    public void Dispose()
    {
        Stream.Dispose();
        Broker.Dispose();
    }
}
