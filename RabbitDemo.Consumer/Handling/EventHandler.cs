using Microsoft.Extensions.Options;
using RabbitDemo.Consumer.Faults;
using RabbitDemo.Messaging;

namespace RabbitDemo.Consumer.Handling;

/// <summary>What the receiver calls: waits out the delay that makes the work visible, then hands on to the service's own handler.</summary>
internal sealed class EventHandler(
    [FromKeyedServices(EventHandler.OfService)] IEventHandler service, IOptions<HandlingOptions> options, FaultPlans faults, IHostEnvironment environment, TimeProvider clock)
    : IEventHandler
{
    public const string OfService = "service";
    private static readonly TimeSpan Visible = TimeSpan.FromSeconds(10);

    public async Task HandleAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        var delay = options.Value.Delay ?? TimeSpan.Zero;
        if (environment.IsDevelopment())
        {
            var plan = await faults.CurrentAsync(cancellationToken);
            delay = plan.DelayOf(delivery.Queue) ?? options.Value.Delay ?? (delivery.Queue == "mensajes" ? Visible : TimeSpan.Zero);
        }

        if (delay > TimeSpan.Zero)
        {
            await Task.Delay(delay, clock, cancellationToken);
        }

        await service.HandleAsync(delivery, cancellationToken);
    }
}
