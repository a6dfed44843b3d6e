using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace Aspire.Hosting.Orchestration;

/// <summary>One address for all instances of a resource: each connection goes to the next instance that takes it.</summary>
internal sealed class EndpointProxy : IDisposable
{
    private readonly IReadOnlyList<Socket> _listeners;
    private readonly Func<IReadOnlyList<IPEndPoint>> _backends;
    private uint _next;

    private EndpointProxy(IReadOnlyList<Socket> listeners, Func<IReadOnlyList<IPEndPoint>> backends)
    {
        _listeners = listeners;
        _backends = backends;
        foreach (var listener in listeners)
            _ = AcceptAsync(listener);
    }

    public int Port => (_listeners[0].LocalEndPoint as IPEndPoint)?.Port ?? 0;

    /// <exception cref="SocketException">The port is in use.</exception>
    public static EndpointProxy Listen(IReadOnlyList<IPAddress> addresses, int port, Func<IReadOnlyList<IPEndPoint>> backends)
    {
        List<Socket> listeners = [];
        try
        {
            foreach (var address in addresses)
            {
                if (address.AddressFamily is AddressFamily.InterNetworkV6 && !Socket.OSSupportsIPv6)
                    continue;

                var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                listeners.Add(listener);
                listener.Bind(new IPEndPoint(address, port));
                listener.Listen(512);
            }

            return new(listeners, backends);
        }
        catch
        {
            listeners.ForEach(listener => listener.Dispose());
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var listener in _listeners)
            listener.Dispose();
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
                _ = ServeAsync(await listener.AcceptAsync().ConfigureAwait(false));
        }
        catch (Exception closed) when (closed is ObjectDisposedException or SocketException)
        {
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using (client)
        {
            using var server = await ConnectAsync().ConfigureAwait(false);
            if (server is null)
                return;

            client.NoDelay = server.NoDelay = true;
            await Task.WhenAll(PumpAsync(client, server), PumpAsync(server, client)).ConfigureAwait(false);
        }
    }

    private async Task<Socket?> ConnectAsync()
    {
        var backends = _backends();
        var first = Interlocked.Increment(ref _next);
        for (var i = 0; i < backends.Count; i++)
        {
            var backend = backends[(int)((first + i) % backends.Count)];
            var socket = new Socket(backend.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(backend).ConfigureAwait(false);
                return socket;
            }
            catch (SocketException)
            {
                socket.Dispose();
            }
        }

        return null;
    }

    private static async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            while (await from.ReceiveAsync(buffer).ConfigureAwait(false) is > 0 and var read)
            {
                for (var sent = 0; sent < read;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, read - sent)).ConfigureAwait(false);
            }

            // The other direction may still have something to say.
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception broken) when (broken is SocketException or ObjectDisposedException)
        {
            from.Dispose();
            to.Dispose();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
