namespace RabbitDemo.Tests.Brokers;

/// <summary>Three private nodes on this machine that form one cluster.</summary>
internal sealed class LocalCluster : IAsyncDisposable
{
    private static readonly string[] Names = ["uno", "dos", "tres"];

    private LocalCluster()
    {
        var (mapper, cookie) = (LoopbackPorts.Free(1)[0], Guid.NewGuid().ToString("N"));
        Nodes = [.. Names.Select(name => new LocalNode(new ClusterSeat(name, mapper, cookie, Names)))];
    }

    public IReadOnlyList<LocalNode> Nodes { get; }

    public static async Task<LocalCluster> StartAsync(CancellationToken cancellationToken)
    {
        var cluster = new LocalCluster();
        try
        {
            // One after the other: the first one forms the cluster, and each of the others joins it.
            foreach (var node in cluster.Nodes)
                await node.StartAsync(cancellationToken);

            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>The last one first: the first runs the port mapper.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes.Reverse())
            await node.DisposeAsync();
    }
}
