using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace RabbitDemo.Tests.Chaos;

/// <summary>The network between the services and the broker: it can be cut, fall silent, forget, and say what no client said.</summary>
internal sealed class BrokerProxy : IDisposable
{
    private readonly ConcurrentDictionary<ProxyLink, Socket> links = [];
    private readonly int[] brokerPorts;
    private TcpListener listener = new(IPAddress.Loopback, 0);
    private volatile TaskCompletionSource? silence;
    private volatile TaskCompletionSource? hold;
    private volatile bool isCut;

    /// <param name="brokerPorts">Of one node, or of several: then a connection goes to any one that takes it, as through a load balancer.</param>
    public BrokerProxy(params int[] brokerPorts)
    {
        this.brokerPorts = brokerPorts;
        listener.Start(512);
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        _ = AcceptAsync(listener);
    }

    public int Port { get; }

    /// <summary>Every connection is reset, and new ones are refused until <see cref="Mend"/>.</summary>
    public void Cut()
    {
        isCut = true;
        listener.Dispose();
        foreach (var link in links.Keys)
            link.Reset();
    }

    public void Mend()
    {
        isCut = false;
        listener = new(IPAddress.Loopback, Port);
        listener.Start(512);
        _ = AcceptAsync(listener);
    }

    /// <summary>Nothing passes any more and nobody is told; new connections hang. <see cref="Speak"/> lets all of it through.</summary>
    /// <param name="forget">What is connected now stays silent for ever: only new connections pass afterwards.</param>
    public void FallSilent(bool forget)
    {
        silence = new(TaskCreationOptions.RunContinuationsAsynchronously);
        foreach (var link in forget ? links.Keys : [])
            link.Forget();
    }

    public void Speak() => Interlocked.Exchange(ref silence, null)?.SetResult();

    /// <summary>New connections hang until <see cref="LetIn"/>; those that are there go on.</summary>
    public void HoldNewOnes() => hold = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void LetIn() => Interlocked.Exchange(ref hold, null)?.SetResult();

    /// <summary>Has the broker close one channel with 406: one that publishes, or that reads <paramref name="queue"/>.</summary>
    /// <returns>True when the channel's client knows; false when there is none now, or it ended before that.</returns>
    public async Task<bool> SpoilChannelAsync(string queue, Random random)
    {
        var candidates = links.Keys.SelectMany(link => link.Channels(queue).Select(channel => (link, channel))).ToArray();
        if (candidates.Length == 0)
            return false;

        var (chosen, number) = candidates[random.Next(candidates.Length)];
        return await chosen.SpoilAsync(number);
    }

    /// <summary>Has the broker deliver to a consumer no more, of which its client learns nothing.</summary>
    public void CancelConsumer(string queue, string tag)
    {
        foreach (var (link, channel) in links.Keys.SelectMany(link => link.Consuming(queue).Select(channel => (link, channel))))
            link.SlipIn(AmqpFrames.Cancel(channel, tag));
    }

    public void Dispose()
    {
        listener.Dispose();
        LetIn();
        Speak();
        foreach (var link in links.Keys)
            link.Reset();
    }

    private async Task AcceptAsync(TcpListener accepting)
    {
        try
        {
            while (true)
                _ = ServeAsync(await accepting.AcceptSocketAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Cut, or done.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var broker = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        using var link = new ProxyLink(client, broker, MayPass);
        links[link] = client;
        if (isCut)
            link.Reset(); // accepted in the moment of the cut

        try
        {
            await (hold?.Task ?? Task.CompletedTask);
            await MayPass();
            await broker.ConnectAsync(IPAddress.Loopback, await LivePortAsync());
            await link.RunAsync();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The broker is away: the client sees its connection close.
        }
        finally
        {
            links.TryRemove(link, out _);
        }
    }

    private async Task<int> LivePortAsync()
    {
        foreach (var port in brokerPorts.Length == 1 ? [] : Random.Shared.GetItems(brokerPorts, 16))
        {
            using var knock = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await knock.ConnectAsync(IPAddress.Loopback, port);
                return port;
            }
            catch (SocketException)
            {
                // That node is down.
            }
        }

        return brokerPorts[0];
    }

    private Task MayPass() => silence?.Task ?? Task.CompletedTask;
}
