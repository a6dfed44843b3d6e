using System.Net.Sockets;

namespace RabbitDemo.Tests.Chaos;

/// <summary>One connection through the proxy: both directions, until either end closes or the link is cut.</summary>
internal sealed class ProxyLink(Socket client, Socket broker, Func<Task> mayPass) : IDisposable
{
    private readonly AmqpFrames frames = new();
    private readonly SemaphoreSlim writing = new(1);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[]? slippedIn;
    private volatile bool dead;

    /// <summary>The channels on which a 406 matters: those that have published, and those that read <paramref name="queue"/>.</summary>
    public ushort[] Channels(string queue)
    {
        writing.Wait();
        try
        {
            return [.. frames.Publishing.Union(frames.Consuming.Where(c => c.Value == queue).Select(c => c.Key))];
        }
        finally
        {
            writing.Release();
        }
    }

    /// <summary>The channels that read <paramref name="queue"/>.</summary>
    public ushort[] Consuming(string queue)
    {
        writing.Wait();
        try
        {
            return [.. frames.Consuming.Where(c => c.Value == queue).Select(c => c.Key)];
        }
        finally
        {
            writing.Release();
        }
    }

    public async Task RunAsync()
    {
        await Task.WhenAll(PumpAsync(client, broker, ReadAlongAsync), PumpAsync(broker, client, PassOnAsync));
    }

    /// <summary>Has the broker close a channel with 406.</summary>
    /// <returns>True when its client knows; false when it closed the channel itself before that, or the connection ended.</returns>
    public async Task<bool> SpoilAsync(ushort channel)
    {
        Task<bool> closed;
        await writing.WaitAsync();
        try
        {
            closed = frames.WhenClosedAsync(channel);
            SlipIn(AmqpFrames.UnknownAck(channel));
        }
        finally
        {
            writing.Release();
        }

        return await Task.WhenAny(closed, ended.Task) == closed && await closed;
    }

    /// <summary>Adds a frame to what the client sends, at the next place where one may stand.</summary>
    public void SlipIn(byte[] frame) => slippedIn = frame;

    /// <summary>From now on nothing passes, and neither end is told: as when a router forgets a connection.</summary>
    public void Forget() => dead = true;

    /// <summary>Both ends get a reset.</summary>
    public void Reset()
    {
        foreach (var end in (Socket[])[client, broker])
        {
            try
            {
                end.LingerState = new(true, 0);
                end.Close();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // It ended by itself just now.
            }
        }
    }

    public void Dispose()
    {
        client.Dispose();
        broker.Dispose();
        ended.TrySetResult();
    }

    private async Task PumpAsync(Socket from, Socket to, Func<Socket, ReadOnlyMemory<byte>, Task> pass)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var read)
            {
                await mayPass();
                if (!dead)
                    await pass(to, buffer.AsMemory(0, read));
            }

            await mayPass();
            if (!dead)
                to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Dispose();
        }
    }

    private async Task ReadAlongAsync(Socket to, ReadOnlyMemory<byte> sent)
    {
        await writing.WaitAsync();
        try
        {
            var gap = frames.Read(sent.Span);
            if (gap >= 0 && Interlocked.Exchange(ref slippedIn, null) is { } frame && frames.MayStand(frame))
            {
                await PassOnAsync(to, sent[..gap]);
                await PassOnAsync(to, frame);
                sent = sent[gap..];
            }

            await PassOnAsync(to, sent);
        }
        finally
        {
            writing.Release();
        }
    }

    private static async Task PassOnAsync(Socket to, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
            bytes = bytes[await to.SendAsync(bytes)..];
    }
}
