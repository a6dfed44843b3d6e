using System.Net;
using System.Net.Sockets;
using RabbitDemo.Messaging;
using RabbitMQ.Client;

namespace RabbitDemo.Tests.Engine;

public sealed class OpeningConnectionTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    /// <summary>Nobody answers: the listener's queue is full. Who gives up is not kept waiting, nor a thread.</summary>
    [Fact]
    public async Task GivesUpConnecting()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        List<Socket> waiting = [];
        using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            while (true)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                waiting.Add(socket);
                using var connection = OpeningConnection.Begin(takesDeliveries: true);
                await connection.Open(socket, isEncrypted: false)!.ConnectAsync(IPAddress.Loopback, port, enough.Token).WaitAsync(Soon);
            }
        });

        Assert.All(waiting[..^1], socket => Assert.True(socket.Connected));
        Assert.True(waiting[^1].SafeHandle.IsClosed);
        waiting.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public void TakesNoDeliveriesWithTls()
    {
        var factory = new ConnectionFactory { Uri = new("amqps://broker:5671/") };
        CoalescedWrites.Use(factory);
        using var connection = OpeningConnection.Begin(takesDeliveries: true);
        using var socket = factory.SocketFactory(AddressFamily.InterNetwork);

        Assert.Same(connection.Socket, socket.Client);
        using var plain = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Assert.IsNotType(connection.Open(plain, isEncrypted: false)!.GetType(), socket);
    }
}
