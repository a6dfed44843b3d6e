using System.Text.Json;
using RabbitDemo.Messaging;
using RabbitMQ.Client;

namespace RabbitDemo.Benchmarks.Candidates;

/// <summary>The engine as it ships, with its defaults but for the prefetch.</summary>
internal class Ours(Uri broker) : ICandidate
{
    private static readonly JsonElement Payload = JsonSerializer.SerializeToElement(BenchPayload.Padded, JsonSerializerOptions.Web);
    private static readonly Messaging.Route ToQueue = new("", "bench-ours");
    private readonly List<IHost> hosts = [];
    private EventPublisher? publisher;

    public string Queue => "bench-ours";

    public async Task StartPublisherAsync()
    {
        var host = await StartAsync(builder => builder.AddEventPublisher());
        publisher = host.Services.GetRequiredService<EventPublisher>();
        while ((await publisher.PublishAsync(new Evento(0, "registro", Payload), "warm", ToQueue, CancellationToken.None)).Status != PublishStatus.Confirmed)
            await Task.Delay(50);
    }

    public async Task PublishAsync(long id)
    {
        var outcome = await (publisher ?? throw new InvalidOperationException()).PublishAsync(
            new Evento(id, "registro", Payload), MessageIds.New(TimeProvider.System), ToQueue, CancellationToken.None);
        if (outcome.Status != PublishStatus.Confirmed)
            throw new InvalidOperationException($"{outcome.Status}: {outcome.Reason}");
    }

    public Task StartConsumerAsync(int prefetch, Action<long> handled) => StartAsync(builder =>
    {
        builder.Configuration["RabbitDemo:Receiver:Prefetch"] = $"{prefetch}";
        builder.Services.AddSingleton<IEventHandler>(new CountingHandler(AcksStored ? null : handled));
        AddInbox(builder, handled);
        builder.AddReceiver("bench");
    });

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var host in hosts)
        {
            await host.StopAsync();
            host.Dispose();
        }
    }

    /// <summary>The event counts when it is in the store, not when its handler returns.</summary>
    protected virtual bool AcksStored => false;

    protected virtual void AddInbox(IHostApplicationBuilder builder, Action<long> handled) => builder.Services.AddSingleton<IInbox, NoInbox>();

    private async Task<IHost> StartAsync(Action<IHostApplicationBuilder> configure)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        var factory = new ConnectionFactory { Uri = broker, AutomaticRecoveryEnabled = false, TopologyRecoveryEnabled = false };
        CoalescedWrites.Use(factory);
        builder.Services.AddSingleton<IConnectionFactory>(factory);
        builder.Services.AddSingleton(new Topology([], [new(Queue, "bench")], []));
        configure(builder);
        var host = builder.Build();
        hosts.Add(host);
        await host.StartAsync();
        return host;
    }

    private sealed class CountingHandler(Action<long>? handled) : IEventHandler
    {
        public Task HandleAsync(Delivery delivery, CancellationToken cancellationToken)
        {
            handled?.Invoke(delivery.Evento.Id);
            return Task.CompletedTask;
        }
    }
}
