using Microsoft.Extensions.Options;
using RabbitDemo.Consumer.Store;
using RabbitDemo.Messaging;

namespace RabbitDemo.Consumer.Handling;

/// <summary>Which handler each service runs. A service of your own is one more line here, and its queue in the topology.</summary>
internal static class Handlers
{
    private static readonly Dictionary<string, Action<IServiceCollection>> OfServices = new()
    {
        ["consumer"] = services => services.AddKeyedSingleton<IEventHandler, MensajesHandler>(EventHandler.OfService),
        ["usuarios"] = services => services.AddKeyedSingleton<IEventHandler, UsuariosHandler>(EventHandler.OfService),
        ["pedidos"] = services => services.AddKeyedSingleton<IEventHandler, PedidosHandler>(EventHandler.OfService).AddStoreTable(PedidosHandler.Totals),
        ["auditoria"] = services => services.AddKeyedSingleton<IEventHandler, AuditoriaHandler>(EventHandler.OfService)
    };

    /// <summary>A service without a handler of its own stores what it receives, as <c>consumer</c> does.</summary>
    public static IServiceCollection AddHandler(this IServiceCollection services, string service)
    {
        OfServices.GetValueOrDefault(service, OfServices["consumer"])(services);
        services.AddSingleton<IEventHandler, EventHandler>();
        services.AddSingleton<IValidateOptions<HandlingOptions>, HandlingOptionsValidator>();
        services.AddOptions<HandlingOptions>().BindConfiguration(HandlingOptions.Section).ValidateOnStart();
        return services;
    }
}
