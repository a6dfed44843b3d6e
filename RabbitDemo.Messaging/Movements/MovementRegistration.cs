using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;

namespace RabbitDemo.Messaging;

/// <summary>Registers both ends of the movement feed. An <see cref="IConnectionFactory"/> must be there too.</summary>
public static class MovementRegistration
{
    /// <summary>
    /// Has this process tell the lab what it does with messages, when <c>RabbitDemo:Movements</c> says so: by default in development
    /// only. Called before <c>AddEventPublisher</c> and <c>AddReceiver</c>, it stops after them, and tells their end too.
    /// </summary>
    /// <param name="builder">The service.</param>
    /// <param name="service">Its name; of a consumer, the one that <c>AddReceiver</c> gets.</param>
    /// <exception cref="SettingException">The setting is neither true nor false.</exception>
    public static IHostApplicationBuilder AddMovements(this IHostApplicationBuilder builder, string service)
    {
        var setting = new SettingReader(builder.Configuration.GetSection("RabbitDemo"));
        if (!setting.Flag("Movements", whenMissing: builder.Environment.IsDevelopment()))
        {
            return builder;
        }

        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        builder.AddConnectionOptions();
        services.AddSingleton(sp => new MovementLog(sp.GetRequiredService<Topology>(), sp.GetRequiredService<TimeProvider>()));
        services.AddSingleton(sp => new MovementTeller(
            ReceiverIdentity.Of(service), sp.GetRequiredService<MovementLog>(), sp.GetRequiredService<LedgerCounters>(),
            sp.GetService<Receiver>(), sp.GetRequiredService<TimeProvider>()));
        services.AddSingleton<MovementFeed>();
        services.AddHostedService(sp => sp.GetRequiredService<MovementFeed>());
        return builder;
    }

    /// <summary>Adds a <see cref="MovementReader"/>, which listens from the start of the host on.</summary>
    public static IHostApplicationBuilder AddMovementReader(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        builder.AddConnectionOptions();
        services.AddSingleton(sp => new MovementReader(
            sp.GetRequiredService<IConnectionFactory>(), sp.GetRequiredService<IOptions<ConnectionOptions>>().Value,
            sp.GetRequiredService<TimeProvider>(), sp.GetRequiredService<ILogger<MovementReader>>()));
        services.AddHostedService(sp => sp.GetRequiredService<MovementReader>());
        return builder;
    }
}
