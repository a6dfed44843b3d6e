using Microsoft.Extensions.Diagnostics.HealthChecks;
using RabbitDemo.Messaging;

namespace RabbitDemo.Producer.Outbox;

/// <summary>
/// Ready while events can be accepted: the file can be written and has room. Degraded while something keeps them from being
/// published, and, where they are accepted elsewhere (the registration's failure status says so), whatever is wrong. Only a file
/// that failed is tried by writing; otherwise it reads state and asks nobody.
/// </summary>
internal sealed class OutboxHealthCheck(EventOutbox outbox, OrderedPublisher publisher) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            if (outbox.Trouble is not null)
                await outbox.ProbeAsync();

            return Check(context.Registration.FailureStatus);
        }
        catch (OutboxUnavailableException e)
        {
            return new(context.Registration.FailureStatus, $"The outbox cannot be used: {e.Message}");
        }
    }

    private HealthCheckResult Check(HealthStatus whenUnusable)
    {
        var depth = outbox.Reader.Oldest() is { } oldest ? $"{outbox.Waiting} events wait, the oldest since {oldest:O}" : "no event waits";
        if (outbox.IsFull)
            return new(whenUnusable, $"The outbox is full: {depth}, {outbox.Parked} are parked, of at most {outbox.Capacity}");

        var status = publisher.Status;
        var allTheSame = whenUnusable == HealthStatus.Unhealthy ? "; events are accepted all the same" : "";
        string[] wrong =
        [
            .. status.Phase == ConnectionPhase.Ready ? [] : (string[])[$"cannot publish since {status.Since:O}: {status.Reason}{allTheSame}"],
            .. outbox.Reader.Trouble is null ? [] : (string[])[$"the file cannot be read: {outbox.Reader.Trouble}"],
            .. outbox.Parked == 0 ? [] : (string[])[$"{outbox.Parked} events are parked: no queue would get them (GET /outbox/parked)"],
            .. publisher.Problems.Select(problem => problem.ToString())
        ];
        return wrong.Length > 0 ? HealthCheckResult.Degraded($"{depth}; {string.Join("; ", wrong)}") : HealthCheckResult.Healthy(depth);
    }
}
