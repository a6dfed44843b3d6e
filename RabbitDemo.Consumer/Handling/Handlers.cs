using RabbitDemo.Consumer.Store;
using RabbitDemo.Messaging;

namespace RabbitDemo.Consumer.Handling;

/// <summary>
/// Which handler each service runs, made anew for each delivery. A service of your own is one more line here, with what its handler
/// takes (<c>services.AddDbContext…</c>), and its queue in the topology.
/// </summary>
internal static class Handlers
{
    private static readonly Dictionary<string, Action<IServiceCollection>> OfServices = new()
    {
        ["consumer"] = services => services.AddKeyedScoped<IEventHandler, MensajesHandler>(HandlerDispatch.OfService),
        ["usuarios"] = services => services.AddKeyedScoped<IEventHandler, UsuariosHandler>(HandlerDispatch.OfService),
        ["pedidos"] = services => services.AddKeyedScoped<IEventHandler, PedidosHandler>(HandlerDispatch.OfService).AddStoreTable(PedidosHandler.Totals),
        ["auditoria"] = services => services.AddKeyedScoped<IEventHandler, AuditoriaHandler>(HandlerDispatch.OfService)
    };

    /// <summary>A service without a handler of its own stores what it receives, as <c>consumer</c> does.</summary>
    public static IServiceCollection AddHandler(this IServiceCollection services, string service)
    {
        OfServices.GetValueOrDefault(service, OfServices["consumer"])(services);
        services.AddSingleton<IEventHandler, HandlerDispatch>();
        return services.AddOptionsSection<HandlingOptions, HandlingOptionsValidator>(HandlingOptions.Section);
    }
}
