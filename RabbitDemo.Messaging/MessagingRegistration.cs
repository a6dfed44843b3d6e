using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;

namespace RabbitDemo.Messaging;

/// <summary>Registers the engine. An <see cref="IConnectionFactory"/> must be there too (<c>AddServiceDefaults</c> brings it).</summary>
public static class MessagingRegistration
{
    /// <summary>Adds <see cref="EventPublisher"/> with its connection, which is kept from the start of the host on, and its health check.</summary>
    public static IHostApplicationBuilder AddEventPublisher(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        if (services.Any(s => s.ServiceType == typeof(PublisherConnection)))
        {
            return builder;
        }

        services.TryAddSingleton(TimeProvider.System);
        builder.AddConnectionOptions();
        services.AddOptionsSection<PublisherOptions, PublisherOptionsValidator>(PublisherOptions.Section);
        services.AddOptionsSection<QueueOptions, QueueOptionsValidator>(QueueOptions.Section);
        services.AddTopology(builder.Configuration);
        services.AddSingleton<LedgerCounters>();
        services.AddSingleton(sp => new TopologyDeclarer(
            sp.GetRequiredService<Topology>(), sp.GetRequiredService<IOptions<QueueOptions>>().Value, sp.GetRequiredService<TimeProvider>()));
        services.AddSingleton<PublisherConnection>();
        services.AddHostedService(sp => sp.GetRequiredService<PublisherConnection>());
        services.AddSingleton(sp => new MessagePublisher(
            sp.GetRequiredService<PublisherConnection>(), sp.GetRequiredService<Topology>(), sp.GetRequiredService<IOptions<PublisherOptions>>(),
            sp.GetRequiredService<LedgerCounters>(), sp.GetRequiredService<TimeProvider>()));
        services.AddSingleton<EventPublisher>();
        services.AddHealthChecks();
        return builder;
    }

    /// <summary>Adds <see cref="OrderedPublisher"/>, on the same connection as <see cref="EventPublisher"/>.</summary>
    public static IHostApplicationBuilder AddOrderedPublisher(this IHostApplicationBuilder builder)
    {
        builder.AddEventPublisher();
        builder.Services.AddSingleton(sp => new OrderedPublisher(
            sp.GetRequiredService<PublisherConnection>(), sp.GetRequiredService<Topology>(), sp.GetRequiredService<IOptions<PublisherOptions>>(),
            sp.GetRequiredService<LedgerCounters>(), sp.GetService<MovementLog>(), sp.GetRequiredService<TimeProvider>()));
        return builder;
    }

    /// <summary>Makes the process not ready while it cannot publish: for a service whose work is publishing.</summary>
    public static IHostApplicationBuilder AddPublisherHealthCheck(this IHostApplicationBuilder builder)
    {
        builder.Services.AddHealthChecks().AddCheck<PublisherHealthCheck>("publisher", tags: ["ready"]);
        return builder;
    }

    /// <summary>
    /// Adds a <see cref="Receiver"/> of every queue that <paramref name="service"/> reads. The host must register an
    /// <see cref="IEventHandler"/> and an <see cref="IInbox"/>.
    /// </summary>
    public static IHostApplicationBuilder AddReceiver(this IHostApplicationBuilder builder, string service)
    {
        builder.AddEventPublisher();
        var services = builder.Services;
        services.AddOptionsSection<ReceiverOptions, ReceiverOptionsValidator>(ReceiverOptions.Section);
        services.AddSingleton(ReceiverIdentity.Of(service));
        services.AddSingleton<DeadLetterRedriver>();
        services.AddSingleton<ReceiverParts>();
        services.AddSingleton(sp => new Receiver(
            sp.GetRequiredService<ReceiverParts>(), sp.GetRequiredService<IConnectionFactory>(),
            sp.GetRequiredService<IOptions<ConnectionOptions>>(), sp.GetRequiredService<ILogger<Receiver>>()));
        services.AddHostedService(sp => sp.GetRequiredService<Receiver>());
        services.AddHealthChecks().AddCheck<ReceiverHealthCheck>("receiver", tags: ["ready"]);
        return builder;
    }

    internal static void AddConnectionOptions(this IHostApplicationBuilder builder)
    {
        if (builder.Services.All(s => s.ServiceType != typeof(IValidateOptions<ConnectionOptions>)))
        {
            builder.Services.AddOptionsSection<ConnectionOptions, ConnectionOptionsValidator>(ConnectionOptions.Section);
        }
    }
}
