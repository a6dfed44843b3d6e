using RabbitMQ.Client;
using Wolverine;
using Wolverine.RabbitMQ;
using Wolverine.RabbitMQ.Internal;
using Wolverine.Runtime;

namespace RabbitDemo.Benchmarks.Candidates;

/// <summary>
/// WolverineFx, inline on both sides: a send returns with the broker's confirm, a delivery is acknowledged after its handler. By
/// default it neither confirms nor persists; both are turned on here.
/// </summary>
internal sealed class WolverineCandidate(Uri broker) : ICandidate
{
    private readonly List<IHost> hosts = [];
    private IMessageBus? bus;

    public string Queue => "bench-wolverine";

    public async Task StartPublisherAsync()
    {
        var host = await StartAsync(options => options.PublishMessage<BenchEvent>().ToRabbitQueue(Queue)
            .UseInterop((runtime, endpoint) => new PersistentMapper(new RabbitMqEnvelopeMapper(endpoint, runtime))).SendInline());
        bus = new MessageBus(host.Services.GetRequiredService<IWolverineRuntime>());
    }

    public async Task PublishAsync(long id) => await new MessageBus((bus as MessageBus ?? throw new InvalidOperationException()).Runtime).SendAsync(BenchEvent.Of(id));

    public Task StartConsumerAsync(int prefetch, Action<long> handled)
    {
        BenchEventHandler.Handled = handled;
        return StartAsync(options => options.ListenToRabbitQueue(Queue).PreFetchCount((ushort)prefetch).ProcessInline());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in hosts)
        {
            await host.StopAsync();
            host.Dispose();
        }
    }

    private async Task<IHost> StartAsync(Action<WolverineOptions> configure)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseWolverine(options =>
        {
            options.UseRuntimeCompilation();
            options.UseRabbitMq(broker).AutoProvision().ConfigureChannelCreation(channel =>
            {
                channel.PublisherConfirmationsEnabled = true;
                channel.PublisherConfirmationTrackingEnabled = true;
            });
            configure(options);
        });
        var host = builder.Build();
        hosts.Add(host);
        await host.StartAsync();
        return host;
    }

    private sealed class PersistentMapper(IRabbitMqEnvelopeMapper mapper) : IRabbitMqEnvelopeMapper
    {
        public void MapEnvelopeToOutgoing(Envelope envelope, IBasicProperties outgoing)
        {
            mapper.MapEnvelopeToOutgoing(envelope, outgoing);
            outgoing.Persistent = true;
        }

        public void MapIncomingToEnvelope(Envelope envelope, IReadOnlyBasicProperties incoming) => mapper.MapIncomingToEnvelope(envelope, incoming);
    }
}

public static class BenchEventHandler
{
    internal static Action<long>? Handled { get; set; }

    public static void Handle(BenchEvent evento) => Handled?.Invoke(evento.Id);
}
