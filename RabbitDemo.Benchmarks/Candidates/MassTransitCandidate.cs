using MassTransit;

namespace RabbitDemo.Benchmarks.Candidates;

/// <summary>MassTransit with its defaults: durable queue, persistent messages, publisher confirms awaited by each send.</summary>
internal sealed class MassTransitCandidate(Uri broker) : ICandidate
{
    private readonly List<IHost> hosts = [];
    private ISendEndpoint? endpoint;

    public string Queue => "bench-masstransit";

    public async Task StartPublisherAsync()
    {
        var host = await StartAsync((_, _) => { }, _ => { });
        endpoint = await host.Services.GetRequiredService<IBus>().GetSendEndpoint(new Uri($"queue:{Queue}"));
    }

    public Task PublishAsync(long id) => (endpoint ?? throw new InvalidOperationException()).Send(BenchEvent.Of(id));

    public Task StartConsumerAsync(int prefetch, Action<long> handled) => StartAsync(
        (context, bus) => bus.ReceiveEndpoint(Queue, receive =>
        {
            receive.PrefetchCount = prefetch;
            receive.ConfigureConsumer<Consumer>(context);
        }),
        registration =>
        {
            registration.AddConsumer<Consumer>();
            registration.AddSingleton(handled);
        });

    public async ValueTask DisposeAsync()
    {
        foreach (var host in hosts)
        {
            await host.StopAsync();
            host.Dispose();
        }
    }

    private async Task<IHost> StartAsync(
        Action<IBusRegistrationContext, IRabbitMqBusFactoryConfigurator> configure, Action<IBusRegistrationConfigurator> register)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddMassTransit(registration =>
        {
            register(registration);
            registration.UsingRabbitMq((context, bus) =>
            {
                bus.Host(broker);
                configure(context, bus);
            });
        });
        builder.Services.Configure<MassTransitHostOptions>(options => options.WaitUntilStarted = true);
        var host = builder.Build();
        hosts.Add(host);
        await host.StartAsync();
        return host;
    }

    private sealed class Consumer(Action<long> handled) : IConsumer<BenchEvent>
    {
        public Task Consume(ConsumeContext<BenchEvent> context)
        {
            handled(context.Message.Id);
            return Task.CompletedTask;
        }
    }
}
