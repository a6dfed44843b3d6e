using RabbitDemo.Consumer.Store;
using RabbitDemo.Messaging;
using EventHandler = RabbitDemo.Consumer.Handling.EventHandler;

namespace RabbitDemo.Consumer.Faults;

internal static class FaultRegistration
{
    /// <summary>In development, handler, inbox and prefetch follow the fault plan. Elsewhere nothing of it is in their way.</summary>
    public static void AddFaults(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<FaultPlans>();
        if (!builder.Environment.IsDevelopment())
        {
            services.AddSingleton<IInbox>(provider => provider.GetRequiredService<MessageStore>());
            return;
        }

        services.AddSingleton<IInbox>(provider => new FaultingInbox(provider.GetRequiredService<MessageStore>(), provider.GetRequiredService<FaultPlans>()));
        services.AddHostedService<PlannedPrefetch>();
        services.AddSingleton<EventHandler>();
        services.AddSingleton<IEventHandler>(provider => new FaultyHandler(provider.GetRequiredService<EventHandler>(), provider.GetRequiredService<FaultPlans>()));
    }
}
