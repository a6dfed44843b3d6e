using Microsoft.Extensions.Options;
using RabbitDemo.Consumer.Faults;
using RabbitDemo.Messaging;

namespace RabbitDemo.Consumer.Handling;

/// <summary>
/// What the receiver calls: waits out the delay that makes the work visible, then hands on to the service's own handler. Each delivery
/// has a handler and a scope of its own, so that it may take scoped services (a <c>DbContext</c>). They are disposed of when it has
/// ended, and not before: one that is left behind at its time limit keeps them for as long as it runs.
/// </summary>
internal sealed class HandlerDispatch(
    IServiceScopeFactory scopes, IOptions<HandlingOptions> options, FaultPlans faults, IHostEnvironment environment, TimeProvider clock)
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

        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredKeyedService<IEventHandler>(OfService).HandleAsync(delivery, cancellationToken);
    }
}
