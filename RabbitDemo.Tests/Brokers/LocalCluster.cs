namespace RabbitDemo.Tests.Brokers;

/// <summary>Three private nodes on this machine that form one cluster, where RabbitMQ is installed.</summary>
public sealed class LocalCluster : IAsyncLifetime, IAsyncDisposable
{
    private static readonly string[] Names = ["uno", "dos", "tres"];

    private ManagementApi? management;

    internal IReadOnlyList<LocalNode> Nodes { get; private set; } = [];

    /// <summary>The first node's.</summary>
    internal ManagementApi Management => management ?? throw new InvalidOperationException("The cluster has not been started.");

    public async Task InitializeAsync()
    {
        if (!TestBroker.CanBreak)
            return;

        var (mapper, cookie) = (LoopbackPorts.Free(1)[0], Guid.NewGuid().ToString("N"));
        Nodes = [.. Names.Select(name => new LocalNode(new ClusterSeat(name, mapper, cookie, Names)))];
        management = new ManagementApi(Nodes[0].Management, LocalNode.User, LocalNode.Password);
        try
        {
            // One after the other: the first one forms the cluster, and each of the others joins it.
            foreach (var node in Nodes)
                await node.StartAsync(CancellationToken.None);

            await WhenCompleteAsync();
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    internal LocalNode NodeOf(string? name) => Nodes.Single(node => node.Name == name);

    internal Task WhenCompleteAsync() => Eventually.GetAsync("three nodes form a cluster", TimeSpan.FromSeconds(20),
        Management.RunningNodesAsync, running => running.Length == Names.Length);

    /// <summary>The last one first: the first runs the port mapper.</summary>
    public async Task DisposeAsync()
    {
        management?.Dispose();
        foreach (var node in Nodes.Reverse())
            await node.DisposeAsync();
    }

    async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();
}
