using Aspire.RabbitMQ.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RabbitMQ.Client;

namespace Microsoft.Extensions.Hosting;

public static class AspireRabbitMQExtensions
{
    /// <summary>Registers <see cref="IConnectionFactory"/>, and <see cref="IConnection"/> which connects when it is first asked for.</summary>
    public static void AddRabbitMQClient(this IHostApplicationBuilder builder, string connectionName, Action<RabbitMQClientSettings>? configureSettings = null, Action<ConnectionFactory>? configureConnectionFactory = null) =>
        Add(builder, connectionName, configureSettings, configureConnectionFactory, serviceKey: null);

    public static void AddKeyedRabbitMQClient(this IHostApplicationBuilder builder, string name, Action<RabbitMQClientSettings>? configureSettings = null, Action<ConnectionFactory>? configureConnectionFactory = null) =>
        Add(builder, name, configureSettings, configureConnectionFactory, serviceKey: name);

    private static void Add(IHostApplicationBuilder builder, string connectionName, Action<RabbitMQClientSettings>? configureSettings, Action<ConnectionFactory>? configureConnectionFactory, string? serviceKey)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionName);
        var section = builder.Configuration.GetSection("Aspire:RabbitMQ:Client");
        var named = section.GetSection(connectionName);
        var settings = new RabbitMQClientSettings();
        section.Bind(settings);
        named.Bind(settings);
        settings.ConnectionString = builder.Configuration.GetConnectionString(connectionName) ?? settings.ConnectionString;
        configureSettings?.Invoke(settings);

        builder.Services.TryAddSingleton<RabbitMQEventSourceLogForwarder>();
        builder.Services.AddKeyedSingleton<IConnectionFactory>(serviceKey, (services, _) =>
        {
            services.GetRequiredService<RabbitMQEventSourceLogForwarder>().Start();
            var factory = new ConnectionFactory();
            section.GetSection("ConnectionFactory").Bind(factory);
            named.GetSection("ConnectionFactory").Bind(factory);
            if (!string.IsNullOrEmpty(settings.ConnectionString))
                factory.Uri = new(settings.ConnectionString);

            configureConnectionFactory?.Invoke(factory);
            return factory;
        });
        builder.Services.AddKeyedSingleton(serviceKey, (services, key) =>
            ConnectionAttempts.Connect(services.GetRequiredKeyedService<IConnectionFactory>(key), settings.MaxConnectRetryCount));

        if (!settings.DisableAutoActivation)
            builder.Services.AddHostedService(services => new ConnectionActivation(() => services.GetRequiredKeyedService<IConnection>(serviceKey)));

        if (!settings.DisableTracing)
            builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource(ConnectionAttempts.SourceName, "RabbitMQ.Client.*"));

        if (!settings.DisableHealthChecks)
        {
            builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
                serviceKey is null ? "RabbitMQ.Client" : $"RabbitMQ.Client_{connectionName}",
                services => new ConnectionHealthCheck(() => services.GetRequiredKeyedService<IConnection>(serviceKey)),
                failureStatus: null,
                tags: null));
        }
    }
}
