using System.Diagnostics;
using RabbitDemo.Messaging;

namespace RabbitDemo.Consumer.Faults;

/// <summary>A handler that fails, hangs or takes its process with it when the fault plan says so. Development only.</summary>
internal sealed class FaultyHandler(IEventHandler handler, FaultPlans plans) : IEventHandler
{
    public async Task HandleAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        var plan = await plans.CurrentAsync(cancellationToken);
        var tipo = delivery.Evento.Tipo;
        if (plan.CrashTipos?.Contains(tipo) is true)
        {
            Crash.Now();
        }

        if (plan.HangTipos?.Contains(tipo) is true)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        if (plan.FailTipos?.Contains(tipo) is true || Random.Shared.Next(100) < plan.FailPercent || (plan.FailNext > 0 && await plans.TakeFailureAsync(cancellationToken)))
        {
            throw new PlannedFaultException($"Event {delivery.Evento.Id} of kind {tipo} fails, as the fault plan says.");
        }

        await handler.HandleAsync(delivery, cancellationToken);
    }
}

/// <summary>A failure that was asked for.</summary>
internal sealed class PlannedFaultException(string message) : Exception(message);

internal static class Crash
{
    /// <summary>As SIGKILL ends a process: nothing is flushed, released or acknowledged.</summary>
    public static void Now()
    {
        using var process = Process.GetCurrentProcess();
        process.Kill();
        Thread.Sleep(Timeout.Infinite);
    }
}
