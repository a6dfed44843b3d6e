using RabbitDemo.Consumer.Handling;
using RabbitDemo.Consumer.Store;
using RabbitDemo.Messaging;

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
        services.AddSingleton<HandlerDispatch>();
        services.AddSingleton<IEventHandler>(provider => new FaultyHandler(provider.GetRequiredService<HandlerDispatch>(), provider.GetRequiredService<FaultPlans>()));
    }
}
