using Microsoft.Extensions.Diagnostics.HealthChecks;
using RabbitDemo.Messaging;
using RabbitDemo.Producer.Sending;

namespace RabbitDemo.Producer.Outbox;

internal static class OutboxRegistration
{
    /// <summary>
    /// Adds what decides when an event is promised, by <c>RabbitDemo:Delivery</c>. Events that an earlier process has left in an
    /// outbox are published even when this one accepts none there.
    /// </summary>
    /// <exception cref="SettingException">It cannot be seen whether there are any: the path names no file, or a folder that cannot be listed.</exception>
    public static void AddIntake(this IHostApplicationBuilder builder)
    {
        if (builder.Configuration.GetValue<Delivery>($"{ProducerOptions.Section}:{nameof(ProducerOptions.Delivery)}") == Delivery.Outbox)
        {
            builder.Services.AddSingleton<IIntake, OutboxIntake>();
            builder.AddOutbox(HealthStatus.Unhealthy);
            return;
        }

        builder.Services.AddSingleton<IIntake, ConfirmIntake>();
        builder.AddPublisherHealthCheck();
        var path = builder.Configuration[$"{OutboxOptions.Section}:{nameof(OutboxOptions.Path)}"] ?? new OutboxOptions().Path;
        if (string.IsNullOrWhiteSpace(path))
            throw new SettingException($"{OutboxOptions.Section}:{nameof(OutboxOptions.Path)} is \"{path}\": it must be the name of a file.");
        if (OutboxSlot.All(path).Count > 0)
            builder.AddOutbox(HealthStatus.Degraded);
    }

    /// <param name="builder">Of the producer.</param>
    /// <param name="whenUnusable">What the process is when it cannot put events there: one that accepts them elsewhere goes on.</param>
    private static void AddOutbox(this IHostApplicationBuilder builder, HealthStatus whenUnusable)
    {
        var services = builder.Services;
        builder.AddOrderedPublisher();
        services.AddOptionsSection<OutboxOptions, OutboxOptionsValidator>(OutboxOptions.Section);
        services.AddSingleton<EventOutbox>();
        services.AddActivatedSingleton<OutboxMetrics>();
        services.AddHostedService<OutboxRelay>();
        services.AddHostedService<OutboxAdoption>();
        services.AddHealthChecks().AddCheck<OutboxHealthCheck>("outbox", whenUnusable, tags: ["ready"]);
    }
}
