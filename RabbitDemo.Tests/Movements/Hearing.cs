using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitDemo.Messaging;
using RabbitMQ.Client;

namespace RabbitDemo.Tests.Movements;

/// <summary>A lab's ear: the reader as a service has it, and all that it has heard.</summary>
internal sealed class Hearing : IAsyncDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);
    private readonly ConcurrentQueue<MovementBatch> batches = new();
    private readonly IHost host;

    private Hearing(Uri broker)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IConnectionFactory>(
            new ConnectionFactory { Uri = broker, AutomaticRecoveryEnabled = false, TopologyRecoveryEnabled = false, RequestedHeartbeat = TimeSpan.FromSeconds(2) });
        builder.AddMovementReader();
        host = builder.Build();
        Reader.Received += batches.Enqueue;
    }

    public MovementReader Reader => host.Services.GetRequiredService<MovementReader>();

    public IReadOnlyList<MovementBatch> Batches => [.. batches];

    public IReadOnlyList<Movement> Movements => [.. batches.SelectMany(b => b.Movements)];

    public static async Task<Hearing> StartAsync(Uri broker)
    {
        var hearing = new Hearing(broker);
        await hearing.host.StartAsync();
        await hearing.WhenListeningAsync();
        return hearing;
    }

    public Task WhenListeningAsync() => Eventually.GetAsync(
        "the reader listens", Soon, () => Task.FromResult(Reader.Status), status => status.Phase == ConnectionPhase.Ready);

    /// <summary>From then on it tells everything.</summary>
    public Task WhenHeardAsync(string service)
    {
        var before = batches.Count;
        return Eventually.TrueAsync($"{service} is heard", Soon, () => Task.FromResult(batches.Skip(before).Any(b => b.Service == service)));
    }

    public async Task<Movement> MovementAsync(MovementKind kind, string messageId, string? queue = null) => await Eventually.GetAsync(
        $"{messageId} is told as {kind}", Soon,
        () => Task.FromResult(Movements.FirstOrDefault(m => m.Kind == kind && m.MessageId == messageId && (queue is null || m.Queues.Contains(queue)))),
        found => found is not null) ?? throw new InvalidOperationException();

    public long CountOf(MovementKind kind, string queue) =>
        batches.SelectMany(b => b.Counts).Where(c => c.Kind == kind && c.Queue == queue).Sum(c => c.Count);

    public Task CountAsync(MovementKind kind, string queue, long count) => Eventually.GetAsync(
        $"{count} of {queue} are told as {kind}", TimeSpan.FromSeconds(30), () => Task.FromResult(CountOf(kind, queue)), n => n >= count);

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
    }
}
