using RabbitDemo.Messaging;

namespace RabbitDemo.Consumer.Faults;

/// <summary>An inbox that ends the process between its commit and the acknowledgement when the fault plan says so. Development only.</summary>
internal sealed class FaultingInbox(IInbox inbox, FaultPlans plans) : IInbox
{
    public async ValueTask<StoreOutcome> StoreAsync(Delivery delivery, DateTimeOffset processedAt, CancellationToken cancellationToken)
    {
        var outcome = await inbox.StoreAsync(delivery, processedAt, cancellationToken);
        if ((await plans.CurrentAsync(cancellationToken)).CrashBeforeAcks > 0 && await plans.TakeCrashAsync(cancellationToken))
        {
            Crash.Now();
        }

        return outcome;
    }

    public ValueTask<Sighting> BeginAsync(Delivery delivery, CancellationToken cancellationToken) =>
        inbox.BeginAsync(delivery, cancellationToken);

    public ValueTask<int> FailAsync(Delivery delivery, AttemptFailure failure, CancellationToken cancellationToken) =>
        inbox.FailAsync(delivery, failure, cancellationToken);

    public ValueTask AbandonAsync(Delivery delivery, CancellationToken cancellationToken) =>
        inbox.AbandonAsync(delivery, cancellationToken);

    public ValueTask BuryAsync(DeadLetter deadLetter, CancellationToken cancellationToken) =>
        inbox.BuryAsync(deadLetter, cancellationToken);

    public ValueTask RecordQueueSeenAsync(string queue, DateTimeOffset at, CancellationToken cancellationToken) =>
        inbox.RecordQueueSeenAsync(queue, at, cancellationToken);

    public ValueTask RecordQueueMissingAsync(string queue, DateTimeOffset at, CancellationToken cancellationToken) =>
        inbox.RecordQueueMissingAsync(queue, at, cancellationToken);
}
